// Every screen: readable without scripts, clean for axe in both themes, quiet in the console.

import AxeBuilder from "@axe-core/playwright";
import { type Page, expect, test } from "@playwright/test";

import { ADMIN, Lintel, alive, setUp, watch } from "../lintel";

const lintel = new Lintel();
let screens: { name: string; url: string }[] = [];
let state: Awaited<ReturnType<Awaited<ReturnType<Page["context"]>>["storageState"]>>;

test.beforeAll(async ({ browser }) => {
  test.setTimeout(120_000);
  await lintel.start();
  const page = await browser.newPage();
  await setUp(page, lintel);
  await alive(page);
  await page.getByRole("button", { name: "Open the sample project" }).first().click();
  await expect(page).toHaveURL(/\/p\/[\w-]+$/);
  const project = page.url();
  const href = async (part: string, within = "main"): Promise<string> =>
    `${lintel.url}${((await page.locator(`${within} a[href*="${part}"]`).first().getAttribute("href")) ?? "").split("?")[0]}`;
  const diagram = await href("/diagrams/");
  await page.goto(`${project}/decisions`);
  const decision = await href("/decisions/", "main table");
  screens = [
    { name: "home", url: `${lintel.url}/` },
    { name: "project", url: project },
    { name: "project-settings", url: `${project}/settings` },
    { name: "diagram", url: diagram },
    { name: "decisions", url: `${project}/decisions` },
    { name: "timeline", url: `${project}/decisions/timeline` },
    { name: "graph", url: `${project}/decisions/graph` },
    { name: "index-files", url: `${project}/decisions/index` },
    { name: "doctor", url: `${project}/decisions/doctor` },
    { name: "search", url: `${project}/search?q=ledger` },
    { name: "decision", url: decision },
    { name: "reviews", url: `${project}/reviews` },
    { name: "review", url: `${project}/reviews/1` },
    { name: "catalogue", url: `${lintel.url}/catalogue` },
    { name: "patterns", url: `${lintel.url}/catalogue?show=patterns` },
    { name: "pattern", url: `${lintel.url}/catalogue/patterns/P-04` },
    { name: "rule", url: `${lintel.url}/catalogue/rules/LNT-B001` },
    { name: "settings", url: `${lintel.url}/settings` },
    { name: "agents", url: `${lintel.url}/settings/agents` },
    { name: "agent", url: `${lintel.url}/settings/agents/go-architect` },
  ];
  state = await page.context().storageState();
  await page.close();
});
test.afterAll(() => lintel.stop());

test("every screen is clean for axe and quiet, light and dark", async ({ browser }) => {
  test.setTimeout(300_000);
  const problems: string[] = [];
  for (const theme of ["light", "dark"] as const) {
    const context = await browser.newContext({ storageState: state, colorScheme: theme, reducedMotion: "reduce" });
    const page = await context.newPage();
    watch(page, problems);
    for (const { name, url } of screens) {
      await page.goto(url);
      await alive(page);
      if (process.env.LINTEL_SHOTS) {
        for (const [width, height] of [[1440, 900], [1024, 768], [390, 844]] as const) {
          await page.setViewportSize({ width, height });
          await page.screenshot({ path: `${process.env.LINTEL_SHOTS}/${name}-${width}-${theme}.png` });
        }
        await page.setViewportSize({ width: 1440, height: 900 });
      }
      const result = await new AxeBuilder({ page }).analyze();
      for (const violation of result.violations) {
        problems.push(`${name} ${theme}: ${violation.id}: ${violation.nodes.map((node) => node.target.join(" ")).slice(0, 3).join(" | ")}`);
      }
    }
    await context.close();
  }
  const context = await browser.newContext();
  const page = await context.newPage();
  for (const path of ["/sign-in", "/setup"]) {
    await page.goto(`${lintel.url}${path}`);
    const result = await new AxeBuilder({ page }).analyze();
    for (const violation of result.violations) problems.push(`${path}: ${violation.id}`);
  }
  await context.close();
  expect(problems).toEqual([]);
});

test("without JavaScript every screen reads, and the main forms work", async ({ browser }) => {
  test.setTimeout(120_000);
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${lintel.url}/sign-in`);
  await page.getByLabel("E-mail").fill(ADMIN.email);
  await page.getByLabel("Password").fill(ADMIN.password);
  await page.locator("form button[type=submit]").first().click();
  await expect(page).toHaveURL(`${lintel.url}/`);
  for (const { name, url } of screens) {
    const answer = await page.goto(url);
    expect(answer?.status(), name).toBe(200);
    await expect(page.locator("h1"), name).toHaveCount(1);
    await expect(page.locator("main"), name).not.toBeEmpty();
  }
  const project = screens.find((screen) => screen.name === "project")?.url ?? "";
  await page.goto(project);
  await page.locator("#start-review").click();
  await expect(page).toHaveURL(/\/reviews\/2$/);
  await page.goto(`${project}?new=decision`);
  await page.getByLabel("Title").fill("Written without scripts");
  await page.getByRole("button", { name: "Create decision" }).click();
  await expect(page).toHaveURL(/\/decisions\/[\w-]+$/);
  await expect(page.locator(".prose--doc")).toContainText("Written without scripts");
  await context.close();
});

test("an agent's file is brought, changed and removed, and what a form did is said where it leads", async ({ browser }) => {
  const context = await browser.newContext({ storageState: state });
  const page = await context.newPage();
  const problems: string[] = [];
  watch(page, problems);
  const text = "---\nname: colon\ndescription: Use it: when there is one\n---\nYou look at <b>colons</b>.\n";
  const file = { name: "colon.md", mimeType: "text/markdown", buffer: Buffer.from(text) };
  await page.goto(`${lintel.url}/settings/agents`);
  await page.getByLabel("Markdown files").setInputFiles(file);
  await page.getByLabel("Collection").fill("No Name");
  await page.getByRole("button", { name: "Bring agents" }).click();
  await expect(page.getByText("`no-name` would do")).toBeVisible();
  await expect(page.getByLabel("Collection")).toHaveValue("No Name");
  await page.getByLabel("Collection").fill("");
  await page.getByLabel("Markdown files").setInputFiles(file);
  await page.getByRole("button", { name: "Bring agents" }).click();
  await expect(page.getByText("Loaded 0, repaired 1, refused 0.")).toBeInViewport();
  await page.goto(`${lintel.url}/settings/agents/colon`);
  await page.getByRole("button", { name: "Fix file" }).click();
  await expect(page.getByText("The file was mended")).toBeInViewport();
  await page.getByRole("link", { name: "Edit" }).click();
  const area = page.getByLabel("Text of colon.md");
  await expect(area).toHaveValue(/You look at <b>colons<\/b>\.\n$/);
  await area.fill(`${await area.inputValue()}${"x".repeat(300_000)}`);
  await page.getByRole("button", { name: "Save as a version" }).click();
  await expect(page.getByRole("alert")).toContainText("larger than");
  await expect(area).toHaveValue(/x{1000}$/);
  await area.fill("---\nname: semicolon\ndescription: Semicolons\n---\nYou look at semicolons.\n");
  await page.getByRole("button", { name: "Save as a version" }).click();
  await expect(page.getByText("saved as a new version")).toBeInViewport();
  await expect(page).toHaveURL(/\/settings\/agents\/semicolon\?/);
  await page.getByRole("link", { name: "Remove" }).click();
  await page.getByRole("button", { name: "Remove agent" }).click();
  await expect(page.getByText("semicolon was removed")).toBeInViewport();
  expect(problems).toEqual([]);
  await context.close();
});
