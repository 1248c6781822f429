// Every screen: readable without scripts, clean for axe in both themes, quiet in the console.

import AxeBuilder from "@axe-core/playwright";
import { type Page, expect, test } from "@playwright/test";

import { ADMIN, Lintel, alive, setUp, watch } from "../lintel";

const lintel = new Lintel();
let screens: { name: string; url: string }[] = [];
let state: Awaited<ReturnType<Awaited<ReturnType<Page["context"]>>["storageState"]>>;

test.beforeAll(async ({ browser }) => {
  test.setTimeout(120_000);
  await lintel.start();
  const page = await browser.newPage();
  await setUp(page, lintel);
  await alive(page);
  await page.getByRole("button", { name: "Open the sample project" }).first().click();
  await expect(page).toHaveURL(/\/p\/[\w-]+$/);
  const project = page.url();
  const href = async (part: string): Promise<string> =>
    `${lintel.url}${((await page.locator(`main a[href*="${part}"]`).first().getAttribute("href")) ?? "").split("?")[0]}`;
  const diagram = await href("/diagrams/");
  await page.goto(`${project}/decisions`);
  const decision = await href("/decisions/");
  screens = [
    { name: "home", url: `${lintel.url}/` },
    { name: "project", url: project },
    { name: "project-settings", url: `${project}/settings` },
    { name: "diagram", url: diagram },
    { name: "decisions", url: `${project}/decisions` },
    { name: "decision", url: decision },
    { name: "reviews", url: `${project}/reviews` },
    { name: "review", url: `${project}/reviews/1` },
    { name: "catalogue", url: `${lintel.url}/catalogue` },
    { name: "rule", url: `${lintel.url}/catalogue/rules/LNT-B001` },
    { name: "settings", url: `${lintel.url}/settings` },
  ];
  state = await page.context().storageState();
  await page.close();
});
test.afterAll(() => lintel.stop());

test("every screen is clean for axe and quiet, light and dark", async ({ browser }) => {
  test.setTimeout(300_000);
  const problems: string[] = [];
  for (const theme of ["light", "dark"] as const) {
    const context = await browser.newContext({ storageState: state, colorScheme: theme, reducedMotion: "reduce" });
    const page = await context.newPage();
    watch(page, problems);
    for (const { name, url } of screens) {
      await page.goto(url);
      await alive(page);
      if (process.env.LINTEL_SHOTS) {
        for (const [width, height] of [[1440, 900], [1024, 768], [390, 844]] as const) {
          await page.setViewportSize({ width, height });
          await page.screenshot({ path: `${process.env.LINTEL_SHOTS}/${name}-${width}-${theme}.png` });
        }
        await page.setViewportSize({ width: 1440, height: 900 });
      }
      const result = await new AxeBuilder({ page }).analyze();
      for (const violation of result.violations) {
        problems.push(`${name} ${theme}: ${violation.id}: ${violation.nodes.map((node) => node.target.join(" ")).slice(0, 3).join(" | ")}`);
      }
    }
    await context.close();
  }
  const context = await browser.newContext();
  const page = await context.newPage();
  for (const path of ["/sign-in", "/setup"]) {
    await page.goto(`${lintel.url}${path}`);
    const result = await new AxeBuilder({ page }).analyze();
    for (const violation of result.violations) problems.push(`${path}: ${violation.id}`);
  }
  await context.close();
  expect(problems).toEqual([]);
});

test("without JavaScript every screen reads, and the main forms work", async ({ browser }) => {
  test.setTimeout(120_000);
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${lintel.url}/sign-in`);
  await page.getByLabel("E-mail").fill(ADMIN.email);
  await page.getByLabel("Password").fill(ADMIN.password);
  await page.locator("form button[type=submit]").first().click();
  await expect(page).toHaveURL(`${lintel.url}/`);
  for (const { name, url } of screens) {
    const answer = await page.goto(url);
    expect(answer?.status(), name).toBe(200);
    await expect(page.locator("h1"), name).toHaveCount(1);
    await expect(page.locator("main"), name).not.toBeEmpty();
  }
  const project = screens.find((screen) => screen.name === "project")?.url ?? "";
  await page.goto(project);
  await page.locator("#start-review").click();
  await expect(page).toHaveURL(/\/reviews\/2$/);
  await page.goto(`${project}?new=decision`);
  await page.getByLabel("Title").fill("Written without scripts");
  await page.getByRole("button", { name: "Create decision" }).click();
  await expect(page).toHaveURL(/\/decisions\/[\w-]+$/);
  await expect(page.locator(".prose--doc")).toContainText("Written without scripts");
  await context.close();
});
