// The diagram page: a picture in the first response, a picture that follows the text, errors that cost only themselves.

import { type Page, expect, test } from "@playwright/test";

import { Lintel, alive, setUp, source, watch } from "../lintel";

const lintel = new Lintel();
test.beforeAll(() => lintel.start());
test.afterAll(() => lintel.stop());

async function sample(page: Page): Promise<string> {
  await setUp(page, lintel);
  await alive(page);
  await page.getByRole("button", { name: "Open the sample project" }).first().click();
  await expect(page).toHaveURL(/\/p\/[\w-]+$/);
  const link = page.locator('a[href*="/diagrams/"]').first();
  const href = (await link.getAttribute("href")) ?? "";
  return `${lintel.url}${href.split("?")[0]}`;
}

test("the picture is in the first response and stands still", async ({ page, request }) => {
  const complaints: string[] = [];
  watch(page, complaints);
  const diagram = await sample(page);
  const cookies = await page.context().cookies();
  const html = await (await request.get(diagram, { headers: { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join("; ") } })).text();
  expect(html).toContain('class="dg');
  expect(html.match(/data-element="/g)?.length ?? 0).toBeGreaterThan(8);
  expect(html).not.toMatch(/\sstyle="/);

  await page.addInitScript(() => {
    const shifts: number[] = [];
    (globalThis as unknown as { shifts: number[] }).shifts = shifts;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value);
    }).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto(diagram);
  await alive(page);
  await expect(source(page)).toBeVisible();
  const shifts = await page.evaluate(() => (globalThis as unknown as { shifts: number[] }).shifts);
  expect(shifts.reduce((sum, value) => sum + value, 0)).toBeLessThan(0.01);

  await test.step("select in the picture, the outline and the inspector", async () => {
    const element = page.locator(".canvas .dg-el[data-element]").first();
    await element.click();
    await expect(page.locator(".insp").first()).toBeVisible();
  });

  await test.step("the picture follows the text, and an error costs one statement", async () => {
    const elements = page.locator(".canvas__scroll [data-element]");
    const before = await elements.count();
    await source(page).click();
    await page.keyboard.press("Control+Home");
    await page.keyboard.press("Control+f");
    await page.keyboard.press("Escape");
    // A broken line at the top of the file.
    await page.keyboard.type("bogus statement here\n");
    await expect(page.locator(".cm-lintRange-error, .cm-lint-marker-error").first()).toBeVisible();
    await expect(elements).toHaveCount(before);
  });
  expect(complaints).toEqual([]);
});
