// The rules while people type: a flaw is marked, listed and on the picture without a review, and goes when it is mended; nothing is
// said about what is being drawn.

import AxeBuilder from "@axe-core/playwright";
import { type Locator, type Page, expect, test } from "@playwright/test";

import { Lintel, alive, setUp, source, sourceText, watch } from "../lintel";

const lintel = new Lintel();
test.beforeAll(() => lintel.start());
test.afterAll(() => lintel.stop());

const list = (page: Page): Locator => page.locator("#live-findings");
const badge = (page: Page, key: string): Locator => page.locator(`.canvas__picture [data-element="${key}"] .dg-badge`);

async function listed(page: Page): Promise<string[]> {
  if ((await list(page).getAttribute("open")) === null) await list(page).locator("summary").click();
  return list(page).locator("li").allInnerTexts();
}

/** Replaces the first place of some words in the text, by the editor's own search. */
async function replace(page: Page, words: string, by: string): Promise<void> {
  // By its first line: the middle of a long text lies behind other panes.
  await source(page).click({ position: { x: 80, y: 8 } });
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("Control+f");
  await page.locator(".cm-search input[name=search]").pressSequentially(words);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await page.keyboard.type(by);
  await expect.poll(() => sourceText(page)).toContain(by);
}

test("a flaw is told while it is typed, and nothing of an element that is being drawn", async ({ page }) => {
  test.setTimeout(180_000);
  const complaints: string[] = [];
  watch(page, complaints);
  await setUp(page, lintel);
  await alive(page);
  await page.getByRole("button", { name: "Open the sample project" }).first().click();
  await expect(page).toHaveURL(/\/p\/[\w-]+$/);
  const href = (await page.locator('a[href*="/diagrams/"]').first().getAttribute("href")) ?? "";
  await page.goto(`${lintel.url}${href.split("?")[0]}?view=containers`);
  await alive(page);
  await expect(source(page)).toBeVisible();

  const words = "Orders DB has no backup";
  await test.step("what the rules say of the text is there without a review", async () => {
    await expect(list(page)).toBeVisible({ timeout: 60_000 });
    expect((await listed(page)).join("\n")).not.toContain(words);
  });

  await test.step("a flaw is marked in the text, listed, and on the picture", async () => {
    const before = await page.locator(".cm-sign").count();
    const store = await page.locator('.canvas__picture [data-element]', { hasText: "Orders DB" }).first().getAttribute("data-element");
    const told = (await badge(page, store ?? "").locator(".dg-badge__n").textContent({ timeout: 1000 }).catch(() => "0")) ?? "0";
    await replace(page, "backup daily", "backup no");
    await expect.poll(async () => (await listed(page)).join("\n")).toContain(words);
    expect(before).toBeGreaterThan(0);
    const name = page.locator(".cm-rule", { hasText: "Orders DB" }).first();
    await expect(name).toBeVisible();
    await expect(badge(page, store ?? "").locator(".dg-badge__n")).toHaveText(String(Number(told) + 1));

    await name.hover();
    const tooltip = page.locator(".cm-tooltip .cm-finding", { hasText: words });
    await expect(tooltip).toContainText("Why it matters");
    await expect(tooltip.locator('a[href^="/catalogue/rules/LNT-"]')).toBeVisible();
    await page.keyboard.press("Escape");

    const clean = await new AxeBuilder({ page }).include(".wb-source").analyze();
    expect(clean.violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
  });

  await test.step("the list leads to the place, by keyboard too", async () => {
    await listed(page);
    const row = list(page).locator("li", { hasText: words }).locator("a.problem");
    await row.focus();
    await page.keyboard.press("Enter");
    await expect(source(page)).toBeFocused();
    await expect(list(page)).not.toHaveAttribute("open");
    await expect(page.locator(".cm-activeLine")).toContainText("Orders DB");
  });

  await test.step("it goes when it is mended", async () => {
    await replace(page, "backup no", "backup daily");
    await expect(page.locator(".cm-content")).not.toContainText("backup no");
    await expect.poll(async () => (await listed(page)).join("\n")).not.toContain(words);
  });

  await test.step("a fresh element is left alone while it is at hand, and told of afterwards", async () => {
    const canvas = page.getByRole("region", { name: "Diagram", exact: true });
    await canvas.focus();
    await page.keyboard.press("s");
    await expect(page.locator(".canvas__rename")).toBeFocused();
    await page.keyboard.type("Parcel tracking");
    await page.keyboard.press("Enter");
    await expect.poll(() => sourceText(page)).toContain('"Parcel tracking"');
    await expect(page).toHaveURL(/element=/);
    await expect(page.locator(".cm-editor")).not.toHaveAttribute("data-waiting", "0");
    expect((await listed(page)).join("\n")).not.toContain("Parcel tracking");
    await canvas.focus();
    await page.keyboard.press("Escape");
    await replace(page, "stage", "stage");
    await expect.poll(async () => (await listed(page)).join("\n"), { timeout: 30_000 }).toContain("Parcel tracking");
  });
  expect(complaints).toEqual([]);
});
