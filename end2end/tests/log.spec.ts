// The decision log: the list with its filters, timeline and graph, index files, the doctor, and the search.

import AxeBuilder from "@axe-core/playwright";
import { type Page, expect, test } from "@playwright/test";

import { ADMIN, alive, served, signIn, watch } from "../lintel";

const lintel = served();

const FILES: [string, string][] = [
  ["0001-use-files.md", "# 1. Use files\n\nDate: 2025-03-01\n\n## Status\n\nSuperseded by [3. Use tables](0003-use-tables.md)\n\n## Context\n\nFew orders.\n"],
  ["0002-use-nats.md", "# 2. Use NATS\n\nDate: 2026-01-05\n\n## Status\n\nAccepted\n\n## Context\n\nOrders are slow.\n"],
  ["0003-use-tables.md", "# 3. Use tables\n\nDate: 2026-02-01\n\n## Status\n\nAccepted\n\nSupersedes [1. Use files](0001-use-files.md)\n\n## Context\n\nFiles are lost.\n"],
  ["0004-name-topics.md", "# 4. Name topics\n\nDate: 2026-03-02\n\n## Status\n\nAccepted\n\nAmends [2. Use NATS](0002-use-nats.md)\n\n## Context\n\nNames differ.\n"],
];

let project = "";

/** A project with a log of its own, made over the API with the browser's session. */
async function begin(page: Page): Promise<void> {
  await signIn(page, lintel, ADMIN.email, ADMIN.password);
  if (project !== "") return;
  const made = await page.request.post(`${lintel.url}/api/v1/projects`, { data: { name: "Shop" }, headers: { origin: lintel.url } });
  expect(made.status(), await made.text()).toBe(201);
  const slug = ((await made.json()) as { slug: string }).slug;
  for (const [name, text] of FILES) {
    const data = { kind: "decision", path: `docs/adr/${name}`, text };
    const added = await page.request.post(`${lintel.url}/api/v1/projects/${slug}/documents`, { data, headers: { origin: lintel.url } });
    expect(added.status(), await added.text()).toBe(201);
  }
  project = `${lintel.url}/p/${slug}`;
}

async function isClean(page: Page, name: string): Promise<void> {
  const result = await new AxeBuilder({ page }).analyze();
  expect(result.violations.map((violation) => `${name}: ${violation.id}`)).toEqual([]);
}

const complaints: string[] = [];
test.beforeEach(async ({ page }) => {
  watch(page, complaints);
  await begin(page);
});
test.afterEach(() => expect(complaints).toEqual([]));

test("the list is filtered by links and by a form, and every choice is in the address", async ({ page }) => {
  await page.goto(`${project}/decisions`);
  await alive(page);
  const rows = page.locator(".declog tbody tr");
  await expect(rows).toHaveCount(4);
  await expect(rows.last()).toContainText("Superseded by ADR-0003 Use tables");
  await expect(page.getByText("Filter and order")).toBeHidden();
  await page.getByRole("navigation", { name: "Filter by status" }).getByRole("link", { name: /Accepted/ }).click();
  await expect(page).toHaveURL(/status=accepted/);
  await expect(rows).toHaveCount(3);
  await page.getByLabel("Words").fill("slow");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/text=slow/);
  await expect(rows).toHaveCount(1);
  await isClean(page, "list");
  await page.getByRole("link", { name: "Clear" }).click();
  await expect(rows).toHaveCount(4);
});

test("on a phone the list comes first, and the filters unfold", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${project}/decisions`);
  await alive(page);
  const [rows, fold] = [page.locator(".declog tbody tr"), page.getByText("Filter and order")];
  await expect(rows.first()).toBeInViewport();
  await expect(page.getByLabel("Words")).toBeHidden();
  await isClean(page, "list on a phone");
  await fold.click();
  await isClean(page, "filters on a phone");
  await page.getByLabel("Words").fill("slow");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(rows).toHaveCount(1);
  await expect(page.locator("summary").filter({ has: fold })).toContainText("1 set");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});

test("timeline and graph lead to the decisions, by keys, too", async ({ page }) => {
  await page.goto(`${project}/decisions/timeline`);
  await alive(page);
  await expect(page.locator(".adrtime__bar")).toHaveCount(4);
  await isClean(page, "timeline");
  await page.getByRole("link", { name: "Graph", exact: true }).click();
  const nodes = page.locator(".adrnode");
  await expect(nodes).toHaveCount(4);
  await isClean(page, "graph");
  await page.getByLabel("Around").selectOption({ label: "ADR-0002 Use NATS" });
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(nodes).toHaveCount(2);
  await nodes.first().focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/decisions\/[\w-]{36}/);
});

test("the doctor mends a link that only one end knows", async ({ page }) => {
  await page.goto(`${project}/decisions/doctor`);
  await alive(page);
  const fault = page.locator(".doctor__fault").filter({ hasText: "0004-name-topics.md:9" });
  await expect(fault).toBeVisible();
  await isClean(page, "doctor");
  await fault.getByRole("link", { name: /0004-name-topics.md:9:/ }).click();
  await expect(page).toHaveURL(/pane=source#L9$/);
  await alive(page);
  await expect(page.locator(".cm-activeLine")).toContainText("Amends");
  await page.goto(`${project}/decisions/doctor`);
  await fault.getByRole("button", { name: "Write the other end in 0002-use-nats.md" }).click();
  await expect(fault).toHaveCount(0);
  await page.goto(`${project}/search?q=%22amended+by%22`);
  await expect(page.locator(".search__result")).toContainText("Use NATS");
});

test("an index file is made, and brought up to date after a change", async ({ page }) => {
  await page.goto(`${project}/decisions/index`);
  await alive(page);
  await isClean(page, "index files");
  await page.getByRole("button", { name: "Create index" }).click();
  await expect(page.getByText("Up to date", { exact: true })).toBeVisible();
  await page.goto(`${project}/decisions?new=decision`);
  await page.getByLabel("Title").fill("Keep an index");
  await page.getByRole("button", { name: "Create decision" }).click();
  await expect(page).toHaveURL(/\/decisions\/[\w-]{36}/);
  await page.goto(`${project}/decisions/index`);
  await expect(page.getByText("Out of date", { exact: true })).toBeVisible();
  await expect(page.locator(".diff__line--add")).toContainText("Keep an index");
  await page.getByRole("button", { name: "Bring up to date" }).click();
  await expect(page.getByText("Up to date", { exact: true })).toBeVisible();
});

test("words are found on the search page and from the palette", async ({ page }) => {
  await page.goto(`${project}/search`);
  await alive(page);
  await page.getByRole("searchbox").fill("few orders");
  await page.keyboard.press("Enter");
  await expect(page.locator(".search__result")).toHaveCount(1);
  await expect(page.locator(".search__result")).toContainText("Superseded by ADR-0003 Use tables");
  await expect(page.locator("mark").first()).toBeVisible();
  await isClean(page, "search");
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("names differ");
  const found = page.getByRole("navigation", { name: "Found in texts" });
  await expect(found.getByRole("link").first()).toContainText("Name topics");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/search\?q=names/);
});

test("nothing is new to whoever did it all", async ({ page }) => {
  await page.goto(`${project}/decisions`);
  await expect(page.getByText("Since you were here")).toHaveCount(0);
});

test("all of it works without JavaScript", async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await signIn(page, lintel, ADMIN.email, ADMIN.password);
  await page.goto(`${project}/decisions`);
  await page.getByLabel("Words").fill("lost");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page.locator(".declog tbody tr")).toHaveCount(1);
  await page.goto(`${project}/search?q=lost`);
  await expect(page.locator(".search__result")).toHaveCount(1);
  await page.goto(`${project}/decisions/doctor`);
  await expect(page.locator("main")).toContainText("lintel-doctor.json");
  // The fold needs no script, and an address leads to a line.
  await page.setViewportSize({ width: 390, height: 500 });
  await page.goto(`${project}/decisions`);
  await expect(page.getByLabel("Words")).toBeHidden();
  await page.getByText("Filter and order").click();
  await expect(page.getByLabel("Words")).toBeVisible();
  const decision = await page.locator(".declog__t").first().getAttribute("href");
  await page.goto(`${lintel.url}${decision}?pane=source#L9`);
  await expect(page.locator("#L9")).toBeInViewport();
  await context.close();
});
