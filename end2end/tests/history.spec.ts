// The history of a decision in the browser: what was typed becomes a version, is compared with now, and is brought back for
// everybody; by keyboard, in both themes, and without scripts.

import AxeBuilder from "@axe-core/playwright";
import { type Page, expect, test } from "@playwright/test";

import { Lintel, alive, setUp, sourceText, watch } from "../lintel";

const lintel = new Lintel();
const complaints: string[] = [];
let page: Page;
let decision = "";

test.describe.configure({ mode: "serial" });

test.beforeAll(async ({ browser }) => {
  test.setTimeout(120_000);
  await lintel.start();
  const context = await browser.newContext();
  page = await context.newPage();
  await setUp(page, lintel);
  await alive(page);
  await page.getByRole("button", { name: "Open the sample project" }).first().click();
  await expect(page).toHaveURL(/\/p\/[\w-]+$/);
  await page.goto(`${page.url()}/decisions?new=decision`);
  await alive(page);
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Title").fill("Keep events small");
  await dialog.getByLabel("Template").selectOption("nygard");
  await dialog.getByRole("button", { name: "Create decision" }).click();
  await expect(page).toHaveURL(/\/decisions\/[\w-]{36}$/);
  decision = page.url();
  watch(page, complaints);
});
test.afterAll(async () => {
  await page.context().close();
  await lintel.stop();
});
test.afterEach(() => expect(complaints.splice(0)).toEqual([]));

const drawer = (of = page) => of.getByRole("dialog", { name: "Version history" });

async function ready(of: Page): Promise<void> {
  await alive(of);
  await expect(of.locator(".adr__source .editor[data-ready]")).toHaveCount(1);
}

/** Types at the end of the text and waits until it is on disk. */
async function type(of: Page, words: string): Promise<void> {
  await of.locator(".cm-content").click();
  await of.keyboard.press("ControlOrMeta+End");
  await of.keyboard.type(words);
  await expect(of.locator(".savestate")).toHaveText(/^Saved/);
  await expect.poll(() => sourceText(of)).toContain(words.trim());
}

test("what was typed is named, compared with now and brought back for everybody", async ({ browser }) => {
  await page.goto(decision);
  await ready(page);
  await type(page, "\nEvents have at most ten bytes.");
  await page.getByRole("link", { name: "Version history" }).click();
  await expect(drawer()).toContainText("Created from template");
  await expect(page).toHaveURL(/\?history$/);
  await drawer().getByLabel("Name of this version").fill("Before the review");
  await drawer().getByRole("button", { name: "Keep version" }).click();
  await expect(drawer()).toContainText("Before the review");
  await expect(drawer()).toContainText("As in v2");
  await page.keyboard.press("Escape");
  await expect(drawer()).toHaveCount(0);
  await expect(page).toHaveURL(decision);
  await ready(page);
  await type(page, "\nAnd never a name.");

  const other = await browser.newContext({ storageState: await page.context().storageState() });
  const second = await other.newPage();
  await second.goto(decision);
  await ready(second);
  await expect.poll(() => sourceText(second)).toContain("And never a name.");

  await page.getByRole("link", { name: "Version history" }).click();
  await drawer().getByRole("link", { name: "v2" }).click();
  await expect(page).toHaveURL(/\?history=2$/);
  await expect(drawer()).toContainText("v2 compared with now");
  await expect(drawer().locator(".diff__line--add")).toContainText(["And never a name."]);
  await drawer().getByRole("button", { name: "Restore v2" }).click();
  await expect(drawer()).toContainText("v2 restored");
  await expect.poll(() => sourceText(page)).not.toContain("And never a name.");
  await expect.poll(() => sourceText(second)).not.toContain("And never a name.");
  expect(await sourceText(second)).toContain("Events have at most ten bytes.");
  // What was there before is a version, too.
  await drawer().getByRole("link", { name: "v3" }).click();
  await expect(drawer().locator(".diff__line--del")).toContainText(["And never a name."]);
  await other.close();
});

test("the drawer is left by keyboard, gives the focus back, and leaves the editor alive", async () => {
  await page.goto(decision);
  await ready(page);
  await page.locator(".cm-editor").evaluate((editor) => editor.setAttribute("data-mark", ""));
  const open = page.getByRole("link", { name: "Version history" });
  await open.focus();
  await page.keyboard.press("Enter");
  await expect(drawer()).toBeVisible();
  await drawer().getByRole("link", { name: "v1" }).focus();
  await page.keyboard.press("Enter");
  await expect(drawer()).toContainText("v1 compared with now");
  await expect(drawer().getByRole("link", { name: "v1" })).toBeFocused();
  await page.goBack();
  await expect(drawer()).not.toContainText("v1 compared with now");
  await page.keyboard.press("Escape");
  await expect(drawer()).toHaveCount(0);
  await expect(open).toBeFocused();
  await expect(page.locator(".cm-editor[data-mark]")).toHaveCount(1);
});

test("the history is accessible in both themes", async () => {
  for (const theme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await page.goto(`${decision}?history=1`);
    await ready(page);
    await expect(drawer()).toContainText("v1 compared with now");
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map((violation) => `${theme}: ${violation.id}: ${violation.nodes.map((node) => node.target).join(", ")}`)).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: null });
});

test("without scripts the history reads, and a version comes back", async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, storageState: await page.context().storageState() });
  const plain = await context.newPage();
  await plain.goto(decision);
  await plain.getByRole("link", { name: "Version history" }).click();
  await drawer(plain).getByRole("link", { name: "v1" }).click();
  await drawer(plain).getByText("Whole text of v1").click();
  await expect(plain.locator("#version-text")).toContainText("Keep events small");
  await drawer(plain).getByRole("button", { name: "Restore v1" }).click();
  await expect(drawer(plain)).toContainText("v1 restored");
  await drawer(plain).getByRole("link", { name: "Close history" }).click();
  await expect(plain.locator(".prose--doc")).not.toContainText("Events have at most ten bytes.");
  await context.close();
});
