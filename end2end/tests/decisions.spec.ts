// A decision's life in the browser: made, signed off, accepted, locked, superseded; its form, its options, its number, and what
// is pasted into it.

import AxeBuilder from "@axe-core/playwright";
import { type Page, expect, test } from "@playwright/test";

import { Lintel, alive, setUp, sourceText, watch } from "../lintel";

const lintel = new Lintel();
const complaints: string[] = [];
let page: Page;
let project = "";

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
  project = page.url();
  watch(page, complaints);
});
test.afterAll(async () => {
  await page.context().close();
  await lintel.stop();
});
test.afterEach(() => expect(complaints.splice(0)).toEqual([]));

async function accessible(): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target).join(", ")}`)).toEqual([]);
}

async function make(title: string, supersedes?: string): Promise<string> {
  await page.goto(`${project}/decisions?new=decision`);
  await alive(page);
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Title").fill(title);
  await dialog.getByLabel("Template").selectOption("madr-4");
  if (supersedes) await dialog.getByLabel("Supersedes").selectOption({ label: supersedes });
  await dialog.getByRole("button", { name: "Create decision" }).click();
  await expect(page).toHaveURL(/\/decisions\/[\w-]{36}$/);
  await ready();
  return page.url();
}

async function ready(): Promise<void> {
  await alive(page);
  await expect(page.locator(".adr__source .editor[data-ready]")).toHaveCount(1);
}

const details = () => page.getByRole("complementary", { name: "Decision details" });

let first = "";

test("a new decision is made in a dialog", async () => {
  await page.goto(`${project}/decisions?new=decision`);
  await alive(page);
  await expect(page.getByRole("dialog", { name: "New decision" })).toBeVisible();
  await accessible();
  first = await make("Keep events small");
  await expect(details()).toContainText("0 of 1 agreed");
  await accessible();
});

test("the form changes its own parts of the text, and follows the text", async () => {
  await page.goto(`${first}?mode=form`);
  await ready();
  await page.getByLabel("Title", { exact: true }).fill("Keep events very small");
  await page.keyboard.press("Tab");
  await expect.poll(() => sourceText(page)).toContain("# Keep events very small");
  await page.getByLabel("Context and Problem Statement").fill("Consumers read too much.");
  await page.keyboard.press("Tab");
  await expect.poll(() => sourceText(page)).toContain("Consumers read too much.");
  await page.getByLabel("Decision Drivers").fill("* Few bytes\n* Few readers");
  await page.keyboard.press("Tab");
  await expect.poll(() => sourceText(page)).toContain("* Few readers");
  await accessible();
});

test("options are compared by drivers", async () => {
  await page.goto(`${first}?mode=form`);
  await ready();
  for (const option of ["Tokens", "Everything"]) {
    const field = page.getByLabel("Another option");
    if ((await field.count()) === 0) {
      await page.getByLabel("Considered Options").fill("* Tokens\n* Everything");
      await page.keyboard.press("Tab");
      break;
    }
    await field.fill(option);
    await page.keyboard.press("Enter");
    await expect.poll(() => sourceText(page)).toContain(`* ${option}`);
  }
  await page.getByLabel("Say something about Tokens for Few bytes", { exact: true }).fill("they are short");
  await page.keyboard.press("Enter");
  await expect.poll(() => sourceText(page)).toContain("Good, because they are short (Few bytes)");
  await accessible();
});

test("those who decide agree by name", async () => {
  await page.goto(first);
  await ready();
  await details().getByRole("button", { name: "Agree" }).click();
  await expect(details()).toContainText("1 of 1 agreed");
});

test("an accepted decision is locked, and says what can be done", async () => {
  await page.getByRole("button", { name: "Accept", exact: true }).click();
  await ready();
  await expect(page.getByRole("note")).toContainText("Its text is locked");
  await page.locator(".cm-content").click();
  await page.keyboard.type("nothing of this");
  // How much of a text is drawn changes by itself; what was typed would stand at the caret.
  expect(await sourceText(page)).not.toContain("nothing of this");
  await page.goto(`${first}?mode=form`);
  await ready();
  await expect(page.getByLabel("Title", { exact: true })).not.toBeEditable();
  await expect(page.getByLabel("Date", { exact: true })).toBeEditable();
  await page.goto(first);
  await ready();
  await page.getByRole("link", { name: "Mark an erratum" }).click();
  await page.getByLabel("What is wrong, and what is right").fill("It is ten bytes.");
  await page.getByRole("button", { name: "Add erratum" }).click();
  await ready();
  await expect(page.locator("article")).toContainText("It is ten bytes.");
  await expect(details()).toContainText("How it came about");
  await page.getByText("Status: ", { exact: false }).first().waitFor({ state: "attached" });
  await accessible();
});

test("a successor takes its place when it is accepted, not before", async () => {
  await page.goto(first);
  const name = ((await page.locator("h1.sr-only").textContent()) ?? "").trim();
  const second = await make("Keep events tiny", name);
  await expect(details()).toContainText("Will supersede");
  await page.goto(first);
  await ready();
  await expect(details().locator(".statuspick .badge")).toHaveText("Accepted");
  await page.goto(second);
  await ready();
  await page.getByRole("button", { name: "Accept", exact: true }).click();
  await ready();
  await page.goto(first);
  await ready();
  await expect(details().locator(".statuspick .badge")).toHaveText("Superseded");
  await expect(details()).toContainText("Superseded by");
});

test("what is pasted from a page becomes markdown", async () => {
  await make("Paste something");
  await page.locator(".cm-content").click();
  await page.keyboard.press("ControlOrMeta+End");
  await page.locator(".cm-content").evaluate((content) => {
    const data = new DataTransfer();
    data.setData("text/html", "<h2>Why</h2><ul><li>One <b>bold</b></li><li>Two<script>alert(1)</script></li></ul><table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>");
    data.setData("text/plain", "Why One bold Two A B 1 2");
    content.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  });
  await expect.poll(() => sourceText(page)).toContain("## Why");
  const text = await sourceText(page);
  expect(text).toContain("* One **bold**");
  expect(text).toContain("| A | B |");
  expect(text).not.toContain("alert");
});

test("a number changes after a look at what follows", async () => {
  await page.goto(`${page.url().split("?")[0]}?ask=number&to=77`);
  await alive(page);
  const dialog = page.getByRole("dialog", { name: "Renumber this decision" });
  await expect(dialog).toContainText("0077-paste-something.md");
  await accessible();
  await dialog.getByRole("button", { name: "Renumber" }).click();
  await ready();
  await expect(page.locator("h1.sr-only")).toContainText("ADR-0077");
});
