// The whole job, as people do it: set up, open the sample, write a decision together, review, decide, export; then the
// server dies and nothing that anybody saw as saved is gone.

import { readFileSync } from "node:fs";

import { type Page, expect, test } from "@playwright/test";

import { ADMIN, Lintel, alive, setUp, signIn, source, sourceText, watch } from "../lintel";

const lintel = new Lintel();
test.beforeAll(() => lintel.start());
test.afterAll(() => lintel.stop());

const saved = (page: Page) => expect(page.locator(".savestate")).toHaveAttribute("data-state", "saved");

/** Opens the decision with the given number from the log. */
async function openDecision(page: Page, project: string, title: RegExp): Promise<void> {
  await page.goto(`${project}/decisions`);
  await page.getByRole("link", { name: title }).first().click();
  await alive(page);
  await expect(source(page)).toBeVisible();
}

test("two people draft, review and export; a power cut loses nothing", async ({ browser }) => {
  test.setTimeout(240_000);
  const complaints: string[] = [];
  const [adasBrowser, bobsBrowser, lateBrowser] = [await browser.newContext(), await browser.newContext(), await browser.newContext()];
  const ada = await adasBrowser.newPage();
  watch(ada, complaints);

  await test.step("set up and open the sample", async () => {
    await setUp(ada, lintel);
    await alive(ada);
    await ada.getByRole("button", { name: "Open the sample project" }).first().click();
    await expect(ada).toHaveURL(/\/p\/[\w-]+$/);
    await expect(ada.locator("svg.dg").first()).toBeVisible();
  });
  const project = ada.url();
  const slug = /\/p\/([\w-]+)$/.exec(project)?.[1] ?? "";

  const bob = await bobsBrowser.newPage();
  watch(bob, complaints);
  await test.step("invite a colleague", async () => {
    await ada.goto(`${project}/settings`);
    await alive(ada);
    await ada.getByRole("button", { name: "Make invitation link" }).click();
    const link = (await ada.locator("code.secret").textContent()) ?? "";
    await bob.goto(link);
    await bob.getByLabel("Name").fill("Bob Builder");
    await bob.getByLabel("E-mail").fill("bob@example.com");
    await bob.getByLabel("Password").fill("another long phrase");
    await bob.locator("form button[type=submit]").first().click();
    await expect(bob).toHaveURL(project);
  });

  await test.step("both type into one decision and see each other's carets", async () => {
    for (const page of [ada, bob]) await openDecision(page, project, /0008/);
    await expect(ada.locator(".avatars, .presence").getByLabel(/Bob Builder/).first()).toBeVisible();
    await source(ada).click();
    await ada.keyboard.press("Control+End");
    await ada.keyboard.type("\nAda was here.");
    await source(bob).click();
    await bob.keyboard.press("Control+Home");
    await Promise.all([bob.keyboard.type("<!-- bob -->"), ada.keyboard.type(" And again.")]);
    await expect.poll(() => sourceText(bob)).toContain("Ada was here. And again.");
    await expect.poll(() => sourceText(ada)).toContain("<!-- bob -->");
    await expect.poll(async () => (await sourceText(ada)) === (await sourceText(bob))).toBe(true);
    await expect(ada.locator('.caret[data-name="Bob Builder"]')).toHaveCount(1);
    await expect(bob.locator(`.caret[data-name="${ADMIN.name}"]`)).toHaveCount(1);
    await expect(ada.locator(".prose--doc")).toContainText("Ada was here. And again.");
    await saved(ada);
    await saved(bob);
  });

  await test.step("a third joins late and sees everything", async () => {
    const late = await lateBrowser.newPage();
    watch(late, complaints);
    await signIn(late, lintel, "bob@example.com", "another long phrase");
    await late.goto(ada.url());
    await expect(source(late)).toBeVisible();
    await expect.poll(() => sourceText(late)).toBe(await sourceText(ada));
    await late.close();
  });

  let review = "";
  await test.step("review, accept a finding, discuss it", async () => {
    await ada.goto(project);
    await alive(ada);
    await ada.locator("#start-review").click();
    await expect(ada).toHaveURL(/\/reviews\/\d+$/);
    review = ada.url();
    await expect(ada.locator(".verdict__word")).toHaveText(/Blocked|Changes requested/);
    await expect(ada.locator(".finding-row").first()).toBeVisible();
    await expect(ada.locator(".rev__evid .quote-lines .is-hit").first()).toBeVisible();
    await ada.getByRole("button", { name: "Accept", exact: true }).click();
    await expect(ada.locator(".rev__decided")).toContainText(`by ${ADMIN.name}`);
    await ada.getByLabel("Reply").fill("We will fix **this** first.");
    await ada.getByRole("button", { name: "Reply" }).click();
    await expect(ada.locator(".comment__body strong")).toHaveText("this");
    await ada.keyboard.press("Escape");
    const first = await ada.locator(".rev__title").textContent();
    await ada.locator("main").click({ position: { x: 5, y: 5 } });
    await ada.keyboard.press("j");
    await expect(ada.locator(".rev__title")).not.toHaveText(first ?? "");
    await ada.keyboard.press("e");
    await expect(ada.locator(".rev__decided")).toContainText("Accepted by");
    await ada.keyboard.press("k");
    await expect(ada.locator(".rev__title")).toHaveText(first ?? "");
    await ada.keyboard.press("c");
    await expect(ada.getByLabel("Reply")).toBeFocused();
  });

  await test.step("a risk is carried once a colleague agrees, who finds the question at home", async () => {
    await ada.locator(".finding-row").nth(2).click();
    await expect(ada.locator(".finding-row").nth(2)).toHaveAttribute("aria-current", "true");
    await ada.getByText("Accept risk", { exact: true }).first().click();
    await ada.getByLabel("Why is the risk carried?").fill("The standby comes next quarter.");
    await ada.getByRole("button", { name: "Ask to accept the risk" }).click();
    await expect(ada.getByText("asks to carry this risk until")).toBeVisible();
    await ada.getByText("Assign", { exact: true }).click();
    await ada.getByLabel("Who mends it").selectOption({ index: 1 });
    await ada.getByLabel("Ticket").fill("PAY-12");
    await ada.locator(".menu--form:visible button[type=submit]").click();
    await expect(ada.locator(".rev__arranged")).toContainText("PAY-12");
    await bob.goto(lintel.url);
    await bob.getByRole("link", { name: /asks to carry a risk/ }).click();
    await bob.getByRole("button", { name: "Agree" }).click();
    await expect(bob.locator(".rev__decided").first()).toContainText("Risk accepted until");
  });

  let markdown = "";
  await test.step("the downloaded markdown equals the API's", async () => {
    await ada.goto(review);
    await alive(ada);
    await ada.getByRole("link", { name: "Export" }).click();
    await expect(ada.getByRole("region", { name: "Markdown preview" })).toContainText("# Review");
    const [download] = await Promise.all([ada.waitForEvent("download"), ada.getByRole("link", { name: "Download" }).click()]);
    markdown = readFileSync(await download.path(), "utf8");
    const number = /(\d+)$/.exec(review)?.[1] ?? "";
    const answer = await ada.request.get(`${lintel.url}/api/v1/projects/${slug}/reviews/${number}.md`);
    expect(await answer.text()).toBe(markdown);
    expect(markdown).toMatch(/> We will fix .*this.* first\./);
    expect(markdown).toContain("```mermaid");
  });

  await test.step("kill -9: nothing seen as saved is gone", async () => {
    await openDecision(ada, project, /0008/);
    await source(ada).click();
    await ada.keyboard.press("Control+End");
    await ada.keyboard.type(" Written just before the cut.");
    await expect.poll(() => sourceText(ada)).toContain("Written just before the cut.");
    await saved(ada);
    const text = await sourceText(ada);
    await lintel.kill();
    await expect(ada.locator(".savestate")).toHaveAttribute("data-state", /reconnecting|offline/);
    await lintel.start();
    await saved(ada);
    await expect.poll(() => sourceText(ada)).toBe(text);
    const fresh = await lateBrowser.newPage();
    await fresh.goto(ada.url());
    await expect.poll(() => sourceText(fresh)).toBe(text);
    const number = /(\d+)$/.exec(review)?.[1] ?? "";
    const again = await ada.request.get(`${lintel.url}/api/v1/projects/${slug}/reviews/${number}.md`);
    expect(await again.text()).toBe(markdown);
  });

  // The only noise allowed is the browser's own about the server that was killed.
  const unexpected = complaints.filter((line) => !/ERR_CONNECTION_REFUSED|WebSocket connection|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/.test(line));
  expect(unexpected).toEqual([]);
});
