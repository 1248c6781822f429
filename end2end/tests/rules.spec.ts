// The rules while people type: a flaw is told without a review, and goes when it is mended.

import { type Page, expect, test } from "@playwright/test";

import { Lintel, alive, setUp, source, watch } from "../lintel";

const lintel = new Lintel();
test.beforeAll(() => lintel.start());
test.afterAll(() => lintel.stop());

/** Replaces the first place of some words in the text, by the editor's own search. */
async function replace(page: Page, words: string, by: string): Promise<void> {
  await source(page).click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("Control+f");
  // The search takes what is typed, not what is set.
  await page.locator(".cm-search input[name=search]").pressSequentially(words);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await page.keyboard.type(by);
  await expect(page.locator(".cm-activeLine")).toContainText(by);
}

test("a flaw is told while it is typed, and goes when it is mended", async ({ page }) => {
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

  const found = page.locator("#live-findings summary");
  await expect(found).toBeVisible({ timeout: 60_000 });
  const before = await found.innerText();
  await replace(page, "backup daily", "backup no");
  await expect(found).not.toHaveText(before);
  await page.keyboard.press("Control+z");
  await expect(found).toHaveText(before);
  expect(complaints).toEqual([]);
});
