// Working on the canvas: placing, naming, connecting, moving, deleting, undoing; by pointer and by keyboard; with a colleague.

import { type Locator, type Page, expect, test } from "@playwright/test";

import { ADMIN, alive, served, signIn, source, sourceText, watch } from "../lintel";

const lintel = served();

const element = (page: Page, name: string): Locator => page.locator(`.canvas__picture [data-element][aria-label^="${name}"]`);

/** Opens an empty project's new diagram. */
async function diagram(page: Page, name: string): Promise<string> {
  await page.goto(`${lintel.url}/?new=project`);
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Create project" }).click();
  await expect(page).toHaveURL(/\/p\/[\w-]+$/);
  await page.goto(`${page.url()}?new=diagram`);
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Create diagram" }).click();
  await expect(page).toHaveURL(/\/diagrams\//);
  await ready(page);
  return page.url();
}

async function ready(page: Page): Promise<void> {
  await alive(page);
  await expect(source(page)).toBeVisible();
}

async function centre(locator: Locator): Promise<{ x: number; y: number }> {
  const box = await locator.boundingBox();
  if (!box) throw new Error("not drawn");
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Drags with steps, as a hand does. */
async function drag(page: Page, from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 });
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await page.mouse.up();
}

test("a person draws a small system with the keyboard", async ({ page }) => {
  test.setTimeout(120_000);
  const complaints: string[] = [];
  watch(page, complaints);
  await signIn(page, lintel, ADMIN.email, ADMIN.password);
  await diagram(page, "Keyboard shop");
  const canvas = page.getByRole("region", { name: "Diagram", exact: true });
  const before = await sourceText(page);

  await canvas.focus();
  await page.keyboard.press("s");
  await expect(page.locator(".canvas__rename")).toBeFocused();
  await page.keyboard.type("Orders");
  await page.keyboard.press("Enter");
  await expect(element(page, "Orders")).toBeVisible();
  await expect.poll(() => sourceText(page)).toContain('"Orders"');

  await canvas.focus();
  await page.keyboard.press("Escape");
  await page.keyboard.press("p");
  await expect(page.locator(".canvas__rename")).toBeFocused();
  await page.keyboard.type("Customer");
  await page.keyboard.press("Enter");
  await expect(element(page, "Customer")).toBeVisible();

  // Connect: the selected element calls the next one chosen.
  await element(page, "Customer").focus();
  await page.keyboard.press("c");
  await element(page, "Orders").focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => sourceText(page)).toMatch(/customer -> orders/);
  await expect(page.locator(".canvas__picture .dg-edge")).toHaveCount(2);

  // Fields of the inspector change the text.
  await element(page, "Orders").focus();
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Name", { exact: true }).first()).toHaveValue("Orders");
  await page.getByLabel("Description", { exact: true }).first().fill("Takes orders");
  await page.keyboard.press("Tab");
  await expect.poll(() => sourceText(page)).toContain("Takes orders");

  // Undo takes one step each, back to the beginning, and delete says how to undo.
  await element(page, "Orders").focus();
  await page.keyboard.press("Delete");
  await expect(element(page, "Orders")).toHaveCount(0);
  await page.getByRole("button", { name: "Undo", exact: true }).first().click();
  await expect(element(page, "Orders")).toBeVisible();
  await canvas.focus();
  for (let step = 0; step < 12; step += 1) await page.keyboard.press("Control+z");
  await expect.poll(() => sourceText(page)).toBe(before);
  expect(complaints).toEqual([]);
});

test("a person drags, connects from a port and sees a colleague's selection", async ({ browser }) => {
  test.setTimeout(120_000);
  const complaints: string[] = [];
  const context = await browser.newContext();
  const page = await context.newPage();
  watch(page, complaints);
  await signIn(page, lintel, ADMIN.email, ADMIN.password);
  const url = await diagram(page, "Pointer shop");
  const canvas = page.getByRole("region", { name: "Diagram", exact: true });
  const surface = await canvas.boundingBox();
  if (!surface) throw new Error("no canvas");

  // Placed by the pointer, where the pointer is.
  for (const [button, name, x, y] of [["Add service (S)", "Orders", 160, 140], ["Add database (D)", "Ledger", 420, 300]] as const) {
    await page.getByRole("button", { name: button }).click();
    await page.mouse.click(surface.x + x, surface.y + y);
    await expect(page.locator(".canvas__rename")).toBeFocused();
    await page.keyboard.type(name);
    await page.keyboard.press("Enter");
    await expect(element(page, name)).toBeVisible();
  }

  // From a port of the selected element to another element.
  await element(page, "Orders").click();
  const port = page.locator(".dg-port--live").nth(1);
  await drag(page, await centre(port), await centre(element(page, "Ledger")));
  await expect.poll(() => sourceText(page)).toMatch(/orders -> ledger/);

  // The line itself can be chosen: its fields open beside the picture, and Delete cuts it.
  const line = page.locator('.canvas__picture [data-relation="orders->ledger"] .dg-edge__hit');
  const on = await line.evaluate((path: SVGPathElement) => {
    const matrix = path.getScreenCTM();
    if (!matrix) throw new Error("not drawn");
    const { x, y } = path.getPointAtLength(path.getTotalLength() / 4).matrixTransform(matrix);
    return { x, y };
  });
  await page.mouse.click(on.x, on.y);
  await expect(page.locator(".conn__more[open]")).toHaveCount(1);
  await expect(page.locator(".canvas__over .dg-chosen")).toHaveCount(1);
  await canvas.focus();
  await page.keyboard.press("Delete");
  await expect.poll(() => sourceText(page)).not.toMatch(/orders -> ledger/);
  await page.keyboard.press("Control+z");
  await expect.poll(() => sourceText(page)).toMatch(/orders -> ledger/);

  // A drag edits no text and is kept.
  const text = await sourceText(page);
  const [from, still] = [await centre(element(page, "Orders")), await centre(element(page, "Ledger"))];
  await drag(page, from, { x: from.x + 120, y: from.y + 60 });
  await expect.poll(async () => Math.round((await centre(element(page, "Orders"))).x - from.x)).toBeGreaterThan(60);
  expect(await sourceText(page)).toBe(text);
  const moved = await element(page, "Orders").getAttribute("aria-label");
  expect(moved).toContain("Orders");

  // A colleague sees the same picture, the selection and the pointer.
  const other = await context.newPage();
  watch(other, complaints);
  await other.goto(url);
  await ready(other);
  await expect(element(other, "Orders")).toBeVisible();
  await element(page, "Ledger").click();
  await page.mouse.move(still.x + 5, still.y + 40);
  await expect(other.locator(".dg-remote__box")).toHaveCount(1);
  await expect(other.locator(".dg-remote__cursor")).toHaveCount(1);
  await other.close();

  // The places are there after a reload, in the server's own picture too.
  const place = await element(page, "Orders").locator("rect, path").first().getAttribute("x");
  await page.reload();
  await ready(page);
  await expect(element(page, "Orders")).toBeVisible();
  expect(await element(page, "Orders").locator("rect, path").first().getAttribute("x")).toBe(place);
  expect(complaints).toEqual([]);
});
