// Views: a new one, what is inside an element, its surroundings, lenses, steps to play, and tidying with a preview.

import { expect, test } from "@playwright/test";

import { Lintel, alive, setUp, source, sourceText, watch } from "../lintel";

const TEXT = `workspace "Shop" {
    model {
        u = person "Customer"
        s = softwareSystem "Shop" {
            web = container "Web"
            api = container "API" {
                tags "PCI"
                perspectives {
                    "Security" "Checks every token" "High"
                }
                c1 = component "Checkout"
                c2 = component "Pricing"
                c1 -> c2 "Asks for prices"
            }
            db = container "Orders DB" {
                tags "PCI"
            }
        }
        u -> web "Buys"
        web -> api "Calls"
        api -> db "Stores"
    }
    views {
        systemContext s ctx {
            include *
        }
        container s cont {
            include *
        }
        dynamic s buy "Buying" {
            u -> web "Opens the shop"
            web -> api "Orders"
            api -> db "Keeps the order"
        }
    }
}
`;

const lintel = new Lintel();
test.beforeAll(async () => {
  await lintel.start();
});
test.afterAll(() => lintel.stop());

test("views are made, entered, looked through, played and tidied", async ({ browser }) => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const complaints: string[] = [];
  watch(page, complaints);
  await setUp(page, lintel);
  await page.goto(`${lintel.url}/?new=project`);
  await page.locator("dialog input[name=name]").fill("Shop");
  await page.locator("dialog button[type=submit]").first().click();
  await expect(page).toHaveURL(/\/p\/shop/);
  const id = await page.evaluate(async (text) => {
    const body = JSON.stringify({ path: "shop.dsl", kind: "diagram", text });
    const answer = await fetch("/api/v1/projects/shop/documents", { method: "POST", headers: { "content-type": "application/json" }, body });
    return (await answer.json()).id as string;
  }, TEXT);
  const diagram = `${lintel.url}/p/shop/diagrams/${id}`;

  await test.step("steps are played", async () => {
    await page.goto(`${diagram}?view=buy`);
    await alive(page);
    await expect(page.locator(".player")).toContainText("3 steps");
    await page.getByLabel("Next step").click();
    await page.getByLabel("Next step").click();
    await expect(page.locator(".player")).toContainText("Web to API: Orders");
    await expect(page).toHaveURL(/step=2/);
    await expect(page.locator(".canvas__picture .dg-el.is-lit")).toHaveCount(2);
    await page.getByLabel("Play the steps").click();
    await expect(page.locator(".player")).toContainText("API to Orders DB: Keeps the order");
  });

  await test.step("without scripts a step is a link", async () => {
    const plain = await browser.newContext({ javaScriptEnabled: false, storageState: await context.storageState() });
    const reader = await plain.newPage();
    await reader.goto(`${diagram}?view=buy&step=1`);
    await reader.getByLabel("Next step").click();
    await expect(reader.locator(".player")).toContainText("Web to API: Orders");
    await plain.close();
  });

  await test.step("a lens brings out a tag, with its way back", async () => {
    await page.goto(`${diagram}?view=cont`);
    await alive(page);
    await page.locator("#lens-menu > summary").click();
    await page.locator("#lens-menu .menu__item", { hasText: "PCI" }).click();
    await expect(page.locator(".canvas__picture .dg-el.is-lit")).toHaveCount(2);
    await expect(page.locator(".canvas-look")).toContainText("Tag PCI: 2 elements.");
    await page.getByRole("link", { name: "Show everything" }).click();
    await expect(page.locator(".canvas__picture .is-dimming")).toHaveCount(0);
  });

  await test.step("surroundings of an element alone", async () => {
    await page.locator(".canvas [data-element='s.api']").click();
    await page.locator(".canvas__scroll").focus();
    await page.keyboard.press(".");
    await expect(page.locator(".canvas-look")).toContainText("API and 2 elements around it.");
    await expect(page.locator(".canvas__picture [data-element='u']")).toHaveCount(0);
    await page.getByRole("link", { name: "Show the whole view" }).click();
    await expect(page.locator(".canvas__picture [data-element='u']")).toHaveCount(1);
  });

  await test.step("into an element that no view shows the inside of, and out again", async () => {
    await page.getByRole("button", { name: "Draw its inside" }).click();
    await expect(page.locator(".canvas__picture")).toContainText("Checkout");
    await expect.poll(() => sourceText(page)).toContain("component api");
    await page.locator(".canvas__scroll").focus();
    await page.keyboard.press("[");
    await expect(page).toHaveURL(/view=cont/);
  });

  await test.step("a view is made, renamed and deleted", async () => {
    await page.locator("#new-view > summary").click();
    await page.locator("#new-view input").fill("At a glance");
    await page.locator("#new-view button[type=submit]").click();
    const rows = page.locator(".tree--views").first();
    await expect(rows.locator("[aria-current]")).toHaveText("At a glance");
    await page.locator("#this-view > summary").click();
    await page.locator("#this-view input").fill("All of it");
    await page.locator("#this-view button[type=submit]").click();
    await expect(rows.locator("[aria-current]")).toHaveText("All of it");
    await page.locator("#this-view > summary").click();
    await page.getByRole("button", { name: "Delete view" }).click();
    await expect(rows).not.toContainText("All of it");
    await page.locator(".canvas-said").getByRole("button", { name: "Undo" }).click();
    await expect(rows).toContainText("All of it");
  });

  await test.step("tidying shows a preview that can be taken back or kept", async () => {
    await page.goto(`${diagram}?view=cont`);
    await alive(page);
    await expect(source(page)).toBeVisible();
    const at = async () => (await page.locator(".canvas__picture [data-element='s.api']").boundingBox())!;
    // Its outline only: the rules may put a mark on it at any time.
    const place = () => page.locator(".canvas__picture [data-element='s.api'] .dg-el__shape").evaluate((shape) => shape.outerHTML);
    const begin = await place();
    const box = await at();
    await page.mouse.move(box.x + 30, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + 62, box.y + 32, { steps: 8 });
    await page.mouse.up();
    await expect.poll(place).not.toBe(begin);
    const pinned = await place();
    await page.locator(".canvas__scroll").focus();
    await page.keyboard.press("Shift+L");
    await expect(page.locator(".canvas-look")).toContainText("tidied");
    await expect.poll(place).not.toBe(pinned);
    await page.getByRole("button", { name: "Go back" }).click();
    await expect.poll(place).toBe(pinned);
    await page.locator(".canvas__scroll").focus();
    await page.keyboard.press("Shift+L");
    await page.getByRole("button", { name: "Keep" }).click();
    await expect.poll(place).not.toBe(pinned);
    await expect(page.locator(".canvas-said")).toContainText("Tidied the view.");
    await page.locator(".canvas-said").getByRole("button", { name: "Undo" }).click();
    await expect.poll(place).toBe(pinned);
  });

  expect(complaints).toEqual([]);
  await context.close();
});
