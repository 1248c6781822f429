// Reading decisions: what stands in the place of embedded views, Mermaid texts and rules; what the editor completes; leafing, contents,
// print and files; hostile markdown; a megabyte that does not keep a key waiting.

import { readFile } from "node:fs/promises";

import AxeBuilder from "@axe-core/playwright";
import { type Page, expect, test } from "@playwright/test";

import { ADMIN, alive, served, signIn, source, sourceText, watch } from "../lintel";

const lintel = served();

const DIAGRAM = `workspace "Shop" {
  model {
    u = person "User"
    s = softwareSystem "Shop" {
      api = container "Payment service" "" "Go"
      db = container "Orders DB" "" "MongoDB" {
        properties {
          kind database
        }
      }
    }
    u -> api "Orders"
    api -> db "Writes"
  }
  views {
    container s containers {
      include *
    }
    systemContext s context {
      include *
    }
  }
}
`;

const RECORD = `# 1. Keep orders

Date: 2026-11-19

## Status

Accepted

## Context

The [[Payment service]] writes to [[Orders BD]].

![The shop](view:containers)

## Decision

\`\`\`mermaid
flowchart LR
  a[Shop] --> b[(Orders)]
\`\`\`

\`\`\`mermaid
sequenceDiagram
  A->>B: hello
\`\`\`

\`\`\`lintel-rule
forbid technology MongoDB
forbid technology Oracle
\`\`\`

## Consequences

More to do.
`;

/** What was accepted is locked. */
const OPEN = RECORD.replace("Accepted", "Proposed");

interface Shop {
  project: string;
  diagram: string;
  decision: string;
}

/** A project with a diagram and two decisions, the first of which has a text. */
async function shop(page: Page, name: string, text: string): Promise<Shop> {
  await signIn(page, lintel, ADMIN.email, ADMIN.password);
  await page.goto(`${lintel.url}/?new=project`);
  await page.locator("dialog input[name=name]").fill(name);
  await page.locator("dialog button[type=submit]").first().click();
  await expect(page).toHaveURL(/\/p\/[\w-]+$/);
  const slug = new URL(page.url()).pathname.split("/")[2];
  const [diagram, decision] = await page.evaluate(
    async ({ slug, documents }) => {
      const ids: string[] = [];
      for (const document of documents) {
        const answer = await fetch(`/api/v1/projects/${slug}/documents`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(document),
        });
        ids.push((await answer.json()).id as string);
      }
      return ids;
    },
    {
      slug,
      documents: [
        { kind: "diagram", path: "workspace.dsl", text: DIAGRAM },
        { kind: "decision", path: "docs/adr/0001-keep-orders.md", text },
        { kind: "decision", path: "docs/adr/0002-second.md", text: "# 2. Second\n\n## Status\n\nProposed\n\n## Context\n\nNothing.\n" },
      ],
    },
  );
  const project = `${lintel.url}/p/${slug}`;
  return { project, diagram: `${project}/diagrams/${diagram}`, decision: `${project}/decisions/${decision}` };
}

test("a decision is read with what it embeds, leafed through, printed and taken away", async ({ page, browser }) => {
  test.setTimeout(120_000);
  const complaints: string[] = [];
  watch(page, complaints);
  const { decision, diagram } = await shop(page, "Reading", RECORD);
  await page.goto(decision);
  await alive(page);
  const article = page.locator("article.prose");

  await test.step("views and Mermaid texts are drawn, other kinds are named, rules have their state", async () => {
    await expect(article.getByRole("figure", { name: "The shop" }).locator("svg").first()).toBeVisible();
    await expect(article.locator(".embed__picture > svg")).toHaveCount(2);
    await expect(article).toContainText("it is a sequence diagram");
    await expect(article.locator(".rule--violated")).toContainText("Violated by Orders DB");
    await expect(article.locator(".rule--holds")).toContainText("Holds");
    await expect(article).toContainText("did you mean Orders DB?");
  });

  await test.step("a name leads to the element, whose inspector leads back", async () => {
    await article.getByRole("link", { name: "Payment service" }).click();
    await expect(page).toHaveURL(new RegExp(`${diagram}\\?element=s.api`));
    await page.getByRole("link", { name: /Keep orders/ }).first().click();
    await expect(page).toHaveURL(decision);
    await alive(page);
  });

  await test.step("the views are as they are, or as they were at the acceptance", async () => {
    await page.evaluate(
      async ({ id, text }) => {
        const { revision } = await (await fetch(`/api/v1/documents/${id}`)).json();
        const body = JSON.stringify({ text, base_revision: revision });
        await fetch(`/api/v1/documents/${id}/text`, { method: "PUT", headers: { "content-type": "application/json" }, body });
      },
      { id: diagram.split("/").pop(), text: DIAGRAM.replace("Payment service", "Checkout") },
    );
    await page.reload();
    await alive(page);
    await expect(article.getByRole("figure", { name: "The shop" })).toContainText("Checkout");
    await page.getByRole("link", { name: "As accepted" }).click();
    await expect(page).toHaveURL(/views=accepted/);
    await expect(article.getByRole("figure", { name: "The shop" })).toContainText("Payment service");
    await page.getByRole("link", { name: "Current", exact: true }).click();
    await expect(page).not.toHaveURL(/views=accepted/);
    await alive(page);
  });

  await test.step("contents lead to sections and say where one is", async () => {
    await page.getByText("Contents", { exact: true }).click();
    const contents = page.getByRole("navigation", { name: "Contents" });
    await contents.getByRole("link", { name: "Consequences" }).click();
    await expect(page).toHaveURL(/#section-consequences$/);
    await expect(page.locator("#section-consequences")).toBeInViewport();
    await expect(contents.locator("[aria-current=location]")).toHaveCount(1);
  });

  await test.step("keys and links leaf through the log", async () => {
    await page.locator("body").press("]");
    await expect(page.locator("article h2")).toHaveText("2. Second");
    await alive(page);
    await page.locator("body").press("k");
    await expect(page).toHaveURL(decision);
    await alive(page);
    await page.getByRole("link", { name: /^Next/ }).click();
    await expect(page.locator("article h2")).toHaveText("2. Second");
    await alive(page);
    await page.locator("body").press("[");
    await expect(page).toHaveURL(decision);
    await alive(page);
  });

  await test.step("on paper is the record alone, in light colours", async () => {
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    for (const chrome of [".sidebar", ".topbar", ".adr__source", ".adr__meta", ".adr__pager", ".contents"]) {
      await expect(page.locator(chrome).first()).toBeHidden();
    }
    await expect(article.locator(".embed__picture > svg").first()).toBeVisible();
    const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(paper).toBe("rgb(255, 255, 255)");
    await page.emulateMedia({ media: "screen", colorScheme: "light" });
  });

  await test.step("the files: markdown as it is, and a page that asks for nothing", async () => {
    await page.locator("#export-menu > summary").click();
    const saved = async (name: string): Promise<string> => {
      const coming = page.waitForEvent("download");
      await page.getByRole("link", { name }).click();
      return readFile(await (await coming).path(), "utf8");
    };
    expect(await saved("Markdown file")).toBe(RECORD);
    const html = await saved("HTML file, with its pictures");
    const context = await browser.newContext();
    const alone = await context.newPage();
    const asked: string[] = [];
    alone.on("request", (request) => asked.push(request.url()));
    await alone.setContent(html);
    await expect(alone.locator("h1")).toHaveText("1. Keep orders");
    await expect(alone.locator(".embed__picture > svg").first()).toBeVisible();
    expect(asked).toEqual([]);
    const { violations } = await new AxeBuilder({ page: alone }).analyze();
    expect(violations.map((violation) => violation.id)).toEqual([]);
    await context.close();
  });

  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const [width, height] of [[1440, 900], [1024, 768], [390, 844]] as const) {
      await page.setViewportSize({ width, height });
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map((violation) => `${colorScheme} ${width}: ${violation.id} ${violation.nodes[0]?.html}`)).toEqual([]);
    }
  }
  expect(complaints).toEqual([]);
});

test("a decision is read without scripts", async ({ page, browser }) => {
  const { decision } = await shop(page, "Plain reading", RECORD);
  const context = await browser.newContext({ javaScriptEnabled: false, storageState: await page.context().storageState() });
  const plain = await context.newPage();
  await plain.goto(decision);
  await expect(plain.locator(".embed__picture > svg")).toHaveCount(2);
  await plain.getByText("Contents", { exact: true }).click();
  await plain.getByRole("navigation", { name: "Contents" }).getByRole("link", { name: "Consequences" }).click();
  await expect(plain).toHaveURL(/#section-consequences$/);
  await plain.getByRole("link", { name: /^Next/ }).click();
  await expect(plain.locator("article h2")).toHaveText("2. Second");
  await context.close();
});

test("the editor completes elements, views and rules, and marks what is wrong", async ({ page }) => {
  const complaints: string[] = [];
  watch(page, complaints);
  const { decision } = await shop(page, "Completing", OPEN);
  await page.goto(decision);
  await alive(page);
  const offer = (text: string) => page.locator(".cm-tooltip-autocomplete [role=option]").filter({ hasText: text }).first();
  const take = async (text: string): Promise<void> => {
    await expect(offer(text)).toBeVisible();
    // Offers that have just appeared do not take keys at once.
    await page.waitForTimeout(200);
    await page.keyboard.press("Enter");
    await expect(page.locator(".cm-tooltip-autocomplete")).toHaveCount(0);
  };
  await source(page).click();
  await page.keyboard.press("ControlOrMeta+End");
  await page.keyboard.type("\n\nSee [[Paym");
  await expect(offer("Payment service")).toContainText("Service");
  await take("Payment service");
  await page.keyboard.press("End");
  // The editor closes brackets by itself.
  await page.keyboard.type("\n\n![From outside](view:contex");
  await take("context");
  await page.keyboard.press("End");
  await page.keyboard.type("\n\n");
  const text = await sourceText(page);
  expect(text).toContain("See [[Payment service]]\n");
  expect(text).toContain("![From outside](view:context)\n");
  await expect(page.locator("article .embed__picture > svg")).toHaveCount(3);
  await page.keyboard.type("```lintel-rule\nno kind databa");
  await take("database");
  await page.keyboard.type("x\n```\n");
  await expect(page.locator("article .rule--malformed")).toContainText("Did you mean database?");
  await expect(page.locator(".cm-lintRange-warning").first()).toBeAttached();
  expect(complaints).toEqual([]);
});

const ATTACKS = [
  "<script>window.broken = 1</script>",
  "<img src=x onerror=\"window.broken = 2\">",
  "<img src=\"https://evil.example/a.png\">",
  "![x](https://evil.example/b.png)",
  "![x](data:image/svg+xml,<svg onload=alert(1)>)",
  "<svg onload=\"window.broken = 3\"><image href=\"https://evil.example/c.png\"/></svg>",
  "<style>body { background: url(https://evil.example/d.png) }</style>",
  "<p style=\"background: url(https://evil.example/e.png)\">x</p>",
  "<iframe src=\"https://evil.example/f\"></iframe>",
  "<input autofocus onfocus=\"window.broken = 4\">",
  "[press me](javascript:window.broken=5)",
  "![\" onload=\"window.broken = 6](view:containers)",
  "```mermaid\nflowchart LR\n  a[\"<img src=x onerror='window.broken = 7'>\"] --> b\n  click a href \"javascript:window.broken=8\"\n```",
  "[[<img src=x onerror=\"window.broken = 9\">]]",
];

test("hostile markdown is inert and asks for nothing", async ({ page }) => {
  const asked: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(lintel.url) && !request.url().startsWith("data:")) asked.push(request.url());
  });
  const { decision } = await shop(page, "Hostile", `${OPEN}\n${ATTACKS.map((attack) => `${attack}\n\n`).join("")}`);
  await page.goto(decision);
  await alive(page);
  await expect(page.locator("article")).toContainText("press me");
  await page.locator("article").getByText("press me").click();
  await source(page).click();
  await page.keyboard.press("ControlOrMeta+End");
  for (const attack of ATTACKS.slice(0, 6)) await page.keyboard.insertText(`\n\n${attack}`);
  await page.keyboard.insertText("\n\nThe end of it");
  await expect(page.locator("article")).toContainText("The end of it");
  expect(await page.evaluate(() => (window as unknown as { broken?: number }).broken)).toBeUndefined();
  expect(asked).toEqual([]);
});

test("a megabyte is previewed without keeping a key waiting", async ({ page }) => {
  test.setTimeout(180_000);
  const words = "Words about nothing in particular, and a [[Payment service]] among them.\n\n".repeat(160);
  let text = OPEN;
  for (let part = 1; text.length + words.length + 40 < 1024 * 1024; part += 1) text += `## Part ${part}\n\n${words}`;
  const { decision } = await shop(page, "Large", text);
  await page.goto(decision);
  await alive(page);
  await source(page).click();
  await page.keyboard.press("ControlOrMeta+Home");
  await page.keyboard.press("End");
  // How long each key takes from being pressed to the frame after it, while the preview follows.
  await page.evaluate(() => {
    const times: number[] = [];
    (window as unknown as { times: number[] }).times = times;
    document.addEventListener(
      "keydown",
      (event) => {
        const pressed = event.timeStamp;
        requestAnimationFrame(() => setTimeout(() => times.push(performance.now() - pressed)));
      },
      true,
    );
  });
  for (const letter of " typed while the preview of a megabyte follows") await page.keyboard.press(letter === " " ? "Space" : letter, { delay: 60 });
  await expect(page.locator("article h2")).toContainText("typed while the preview of a megabyte follows", { timeout: 60_000 });
  const times = (await page.evaluate(() => (window as unknown as { times: number[] }).times)).sort((a, b) => a - b);
  // Machines differ: the figures are for people to read.
  console.log(`keys: ${times.length}, median ${times[Math.floor(times.length / 2)]?.toFixed(0)} ms, worst ${times.at(-1)?.toFixed(0)} ms`);
  expect(times.length).toBeGreaterThan(40);
});
