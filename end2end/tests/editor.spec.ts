// What the source of a diagram helps with: completing, explaining, going to a definition, renaming, laying out; by keyboard.

import { type Locator, type Page, expect, test } from "@playwright/test";

import { Lintel, alive, setUp, source, sourceText, watch } from "../lintel";

const lintel = new Lintel();
test.beforeAll(() => lintel.start());
test.afterAll(() => lintel.stop());

/** The line of the source that holds a text. */
function line(page: Page, text: string): Locator {
  return page.locator(".cm-line").filter({ hasText: text }).first();
}

/** Where a word stands on the screen: the middle of its first occurrence in a line. */
async function middle(of: Locator, word: string): Promise<{ x: number; y: number }> {
  await of.scrollIntoViewIfNeeded();
  const at = await of.evaluate((line, word) => {
    const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    // Highlighting may split a line, never a word.
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const start = (node.textContent ?? "").indexOf(word);
      if (start < 0) continue;
      const range = document.createRange();
      range.setStart(node, start);
      range.setEnd(node, start + word.length);
      const box = range.getBoundingClientRect();
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    }
    return null;
  }, word);
  if (!at) throw new Error(`"${word}" is not in the line`);
  return at;
}

async function clickWord(page: Page, of: Locator, word: string, modifiers: "ControlOrMeta"[] = []): Promise<void> {
  const { x, y } = await middle(of, word);
  for (const key of modifiers) await page.keyboard.down(key);
  await page.mouse.click(x, y);
  for (const key of modifiers) await page.keyboard.up(key);
}

/** The text of the line with the caret. */
function current(page: Page): Locator {
  return page.locator(".cm-activeLine");
}

test("the source of a diagram completes, explains, leads, renames and lays out", async ({ page }) => {
  const complaints: string[] = [];
  watch(page, complaints);
  await setUp(page, lintel);
  await alive(page);
  await page.getByRole("button", { name: "Open the sample project" }).first().click();
  await expect(page).toHaveURL(/\/p\/[\w-]+$/);
  const project = page.url();
  await page.locator('a[href*="/diagrams/"]').first().click();
  await expect(page).toHaveURL(/\/diagrams\//);
  await alive(page);
  await expect(source(page)).toBeVisible();

  await test.step("an identifier is offered behind an arrow, and Enter takes it", async () => {
    // Only what is declared above can be used, so the relationship goes below both.
    await clickWord(page, line(page, "platform = softwareSystem"), "platform");
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.type("customer -> wareh");
    const offer = page.locator(".cm-tooltip-autocomplete [role=option]").filter({ hasText: "warehouse" }).first();
    await expect(offer).toBeVisible();
    // Offers that have just appeared do not take keys at once.
    await page.waitForTimeout(200);
    await page.keyboard.press("Enter");
    await expect(current(page)).toHaveText(/customer -> warehouse$/);
    await expect(page.locator(".cm-tooltip-autocomplete")).toHaveCount(0);
  });

  await test.step("Escape closes the offers and keeps the text", async () => {
    await page.keyboard.type(' "');
    await page.keyboard.press("Control+Space");
    await page.keyboard.press("Escape");
    await expect(page.locator(".cm-tooltip-autocomplete")).toHaveCount(0);
    await page.keyboard.press("Backspace");
    await expect(current(page)).toHaveText(/customer -> warehouse\s*$/);
  });

  await test.step("pointing at an identifier explains it, Escape takes that away", async () => {
    const { x, y } = await middle(line(page, "customer -> warehouse"), "warehouse");
    await page.mouse.move(x - 3, y);
    await page.mouse.move(x, y);
    const explanation = page.locator(".cm-explain");
    await expect(explanation).toContainText("Warehouse");
    await expect(explanation.locator("strong").first()).toHaveText("Warehouse");
    await page.keyboard.press("Escape");
    await expect(explanation).toHaveCount(0);
    await page.mouse.move(5, 5);
  });

  await test.step("an explanation that comes after the pointer has left is not shown", async () => {
    let answered = 0;
    await page.route("**/fn/assist", async (route) => {
      const answer = await route.fetch();
      // The pointer is gone by then.
      if (route.request().postDataJSON()?.question?.about === "hover") await expect.poll(() => left).toBe(true);
      await route.fulfill({ response: answer });
      answered += 1;
    });
    let left = false;
    const { x, y } = await middle(line(page, "customer -> warehouse"), "warehouse");
    const asked = page.waitForRequest("**/fn/assist");
    await page.mouse.move(x - 3, y);
    await page.mouse.move(x, y);
    await asked;
    await page.mouse.move(2, 2);
    left = true;
    await expect.poll(() => answered).toBeGreaterThan(0);
    // As long as it takes to show one.
    await page.waitForTimeout(300);
    await expect(page.locator(".cm-explain")).toHaveCount(0);
    await page.unrouteAll({ behavior: "wait" });
  });

  await test.step("F12 and Ctrl click go to the definition, Shift F1 explains there", async () => {
    await clickWord(page, line(page, "customer -> warehouse"), "warehouse");
    await page.keyboard.press("F12");
    await expect(current(page)).toContainText('warehouse = softwareSystem "Warehouse"');
    await page.keyboard.press("Shift+F1");
    await expect(page.locator(".cm-explain")).toContainText("Warehouse");
    await page.keyboard.press("Escape");
    await expect(page.locator(".cm-explain")).toHaveCount(0);
    await clickWord(page, line(page, "customer -> warehouse"), "customer", ["ControlOrMeta"]);
    await expect(current(page)).toContainText('customer = person "Customer"');
  });

  // A small document, so that every line of it is on the screen.
  await page.goto(`${project}?new=diagram`);
  await alive(page);
  await page.locator("#new-diagram").getByRole("textbox").fill("Small");
  await page.locator("#new-diagram button[type=submit]").click();
  await expect(page).toHaveURL(/\/diagrams\//);
  await alive(page);
  await expect(source(page)).toBeVisible();
  await expect(line(page, "user -> system")).toBeVisible();
  const before = await sourceText(page);

  await test.step("F2 renames an identifier everywhere, one undo takes it back", async () => {
    await clickWord(page, line(page, "user -> system"), "user");
    await page.keyboard.press("F2");
    const box = page.locator(".cm-rename input");
    await expect(box).toBeFocused();
    await expect(box).toHaveValue("user");
    await page.keyboard.press("Escape");
    await expect(box).toHaveCount(0);
    await expect(source(page)).toBeFocused();
    expect(await sourceText(page)).toBe(before);

    await page.keyboard.press("F2");
    await box.fill("system");
    await page.keyboard.press("Enter");
    await expect(page.locator(".cm-rename [role=alert]")).not.toBeEmpty();
    expect(await sourceText(page)).toBe(before);

    await box.fill("buyer");
    await page.keyboard.press("Enter");
    await expect(box).toHaveCount(0);
    await expect(line(page, "buyer -> system")).toBeVisible();
    await expect(line(page, 'buyer = person "User"')).toBeVisible();
    expect(await sourceText(page)).not.toMatch(/\buser\b/);
    await expect(source(page)).toBeFocused();
    await page.keyboard.press("Control+z");
    await expect.poll(() => sourceText(page)).toBe(before);
  });

  await test.step("laying out re-indents a broken line, undo brings it back", async () => {
    await page.mouse.move(2, 2);
    await expect(page.locator(".cm-explain")).toHaveCount(0);
    await clickWord(page, line(page, 'user = person "User"'), "person");
    await page.keyboard.press("Home");
    await page.keyboard.type("      ");
    const broken = await sourceText(page);
    expect(broken).not.toBe(before);
    await page.keyboard.press("Shift+Alt+F");
    await expect.poll(() => sourceText(page)).not.toBe(broken);
    await expect(line(page, "user = person")).toHaveText(/^ {8}user = person "User"$/);
    await page.keyboard.press("Control+z");
    await expect.poll(() => sourceText(page)).toBe(broken);
  });
  expect(complaints).toEqual([]);
});
