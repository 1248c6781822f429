// How fast the diagram page is with many elements, by a trace of the browser. Figures are printed, not asserted: machines differ.
// Also that the browser draws what the server draws.

import { type CDPSession, type Page, expect, test } from "@playwright/test";

import { ADMIN, alive, served, signIn, source } from "../lintel";

const lintel = served();

/** A workspace of systems with containers, connected in a fixed pattern. */
function workspace(systems: number, containers: number): string {
  const lines = ['workspace "Large" {', "    model {"];
  for (let s = 0; s < systems; s += 1) {
    lines.push(`        s${s} = softwareSystem "System ${s}" {`);
    for (let c = 0; c < containers; c += 1) lines.push(`            c${s}x${c} = container "Part ${s}.${c}" "" "Rust"`);
    lines.push("        }");
  }
  for (let s = 0; s < systems; s += 1) {
    for (let c = 1; c < containers; c += 1) lines.push(`        c${s}x${Math.floor((c - 1) / 2)} -> c${s}x${c} "Calls" "gRPC"`);
    if (s > 0) lines.push(`        c${Math.floor((s - 1) / 2)}x${containers - 1} -> c${s}x0 "Sends" "Kafka"`);
  }
  // Without views there is one of everything.
  lines.push("    }", "}", "");
  return lines.join("\n");
}

async function open(page: Page, name: string, text: string): Promise<string> {
  await signIn(page, lintel, ADMIN.email, ADMIN.password);
  await page.goto(`${lintel.url}/?new=project`);
  await page.locator("dialog input[name=name]").fill(name);
  await page.locator("dialog button[type=submit]").first().click();
  await expect(page).toHaveURL(/\/p\/[\w-]+$/);
  const slug = new URL(page.url()).pathname.split("/")[2];
  const id = await page.evaluate(
    async ({ slug, text }) => {
      const body = JSON.stringify({ path: "large.dsl", kind: "diagram", text });
      const answer = await fetch(`/api/v1/projects/${slug}/documents`, { method: "POST", headers: { "content-type": "application/json" }, body });
      return (await answer.json()).id as string;
    },
    { slug, text },
  );
  return `${lintel.url}/p/${slug}/diagrams/${id}`;
}

const sorted = (numbers: number[]): number[] => [...numbers].sort((a, b) => a - b);
const at = (numbers: number[], part: number): string => (sorted(numbers)[Math.floor((numbers.length - 1) * part)] ?? Number.NaN).toFixed(1);

/** Times in ms of frames that reached the screen while something was done. */
async function frames(cdp: CDPSession, act: () => Promise<void>): Promise<number[]> {
  const times: number[] = [];
  const collect = (data: { value: Record<string, unknown>[] }): void => {
    for (const event of data.value) if (event.name === "Graphics.Pipeline.DrawAndSwap" && event.ph === "b") times.push((event.ts as number) / 1000);
  };
  cdp.on("Tracing.dataCollected", collect);
  await cdp.send("Tracing.start", { traceConfig: { includedCategories: ["viz"] } });
  await act();
  const done = new Promise((resolve) => cdp.once("Tracing.tracingComplete", resolve));
  await cdp.send("Tracing.end");
  await done;
  cdp.off("Tracing.dataCollected", collect);
  return sorted(times);
}

test("two hundred elements: keys, pan and zoom", async ({ page }) => {
  test.setTimeout(240_000);
  const diagram = await open(page, "Two hundred", workspace(20, 10));
  await page.goto(diagram);
  await alive(page);
  await expect(source(page)).toBeVisible();
  await expect(page.locator(".canvas__picture .dg-el")).toHaveCount(200);

  // From a key to the frame after the picture changed.
  await page.locator(".cm-content").getByText("Part 0.0").first().click();
  await page.keyboard.press("End");
  await page.keyboard.press("Home");
  for (let step = 0; step < 'c0x0 = container "Part'.length; step += 1) await page.keyboard.press("ArrowRight");
  await page.evaluate(() => {
    const found = globalThis as unknown as { keys: number[]; begun: number };
    found.keys = [];
    document.querySelector(".cm-content")?.addEventListener("keydown", () => (found.begun = performance.now()), { capture: true });
    new MutationObserver(() => {
      const { begun } = found;
      if (begun === 0) return;
      found.begun = 0;
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => found.keys.push(performance.now() - begun);
        channel.port2.postMessage(0);
      });
    }).observe(document.querySelector(".canvas__picture") as Element, { childList: true, subtree: true });
  });
  for (let key = 0; key < 40; key += 1) {
    await page.keyboard.press(key % 8 === 7 ? "Backspace" : "x");
    await page.waitForTimeout(60);
  }
  await page.waitForTimeout(1000);
  const keys = await page.evaluate(() => (globalThis as unknown as { keys: number[] }).keys);
  expect(keys.length).toBeGreaterThan(10);
  console.log(`200 elements, key to picture: median ${at(keys, 0.5)} ms, 95 % ${at(keys, 0.95)} ms, of ${keys.length} keys`);

  const cdp = await page.context().newCDPSession(page);
  const box = (await page.locator(".canvas__scroll").boundingBox()) as { x: number; y: number; width: number; height: number };
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const wheel = async (control: boolean): Promise<void> => {
    if (control) await page.keyboard.down("Control");
    const until = Date.now() + 3000;
    for (let turn = 0; Date.now() < until; turn += 1) {
      // Not waited for, nor for its end: a wheel turns whether a page follows or not.
      page.mouse.wheel(0, Math.floor(turn / 30) % 2 === 0 ? 12 : -12).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 8));
    }
    await page.waitForTimeout(100);
    if (control) await page.keyboard.up("Control");
  };
  for (const [name, control] of [["pan", false], ["zoom", true]] as const) {
    const times = await frames(cdp, () => wheel(control));
    const gaps = times.slice(1).map((time, index) => time - (times[index] as number));
    const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
    console.log(`200 elements, ${name}: ${(gaps.length / seconds).toFixed(0)} frames a second, median ${at(gaps, 0.5)} ms, 95 % ${at(gaps, 0.95)} ms`);
    expect(times.length).toBeGreaterThan(10);
  }
});

test("a thousand elements open without freezing the page", async ({ page }) => {
  test.setTimeout(240_000);
  const diagram = await open(page, "A thousand", workspace(50, 20));
  await page.addInitScript(() => {
    const found = globalThis as unknown as { longest: number };
    found.longest = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) found.longest = Math.max(found.longest, entry.duration);
    }).observe({ type: "longtask", buffered: true });
  });
  const begun = Date.now();
  await page.goto(diagram, { waitUntil: "commit" });
  await expect(page.locator(".canvas__picture .dg-el").first()).toBeAttached();
  const shown = Date.now() - begun;
  await alive(page);
  await expect(source(page)).toBeVisible();
  await page.locator("#outline .tree__row", { hasText: "Part 0.0" }).first().click();
  await expect(page.locator(".wb-insp-head h2")).toHaveText("Part 0.0");
  const longest = await page.evaluate(() => (globalThis as unknown as { longest: number }).longest);
  console.log(`1,000 elements: picture after ${shown} ms, usable after ${Date.now() - begun} ms, longest task ${longest.toFixed(0)} ms`);
  await expect(page.locator(".canvas__picture .dg-el")).toHaveCount(1000);
});

test("the browser draws what the server draws, to the byte", async ({ page, browser }) => {
  const diagram = await open(page, "Same", workspace(3, 4));
  // What the rules say of a text nobody reviewed yet is on the browser's picture alone.
  await page.route(/\/pkg\/rules\b/, (route) => route.abort());
  await page.goto(diagram);
  await alive(page);
  await expect(source(page)).toBeVisible();
  const plain = await browser.newContext({ javaScriptEnabled: false, storageState: await page.context().storageState() });
  const reader = await plain.newPage();
  await reader.goto(diagram);
  // Both as their documents write them. The part that is shown is the window's, not the picture's.
  const picture = async (page: Page): Promise<string> =>
    (await page.locator(".canvas__picture").innerHTML()).replace(/viewBox="[^"]*"/, "");
  const server = await picture(reader);
  // A word and its end: the browser has drawn twice when the text is the old one again.
  await page.locator(".cm-content").getByText("Part 0.0").first().click();
  await page.keyboard.press("End");
  await page.keyboard.type(" {");
  await page.keyboard.press("Control+z");
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await page.locator(".cm-content").getByText("Part 0.1").first().click();
  await page.keyboard.press("Escape");
  await reader.goto(page.url());
  await expect.poll(async () => (await picture(page)) === (await picture(reader))).toBe(true);
  expect(server.length).toBeGreaterThan(1000);
  await plain.close();
});
