// A review with an agent, played by a recorded model: send, stream, reload, steer, stop, read what did not check out, accept
// what it suggests, export, ask about a finding.

import { writeFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";

import { ADMIN, served, signIn, watch } from "../lintel";

/** What the agent claims; parts of it are changed below. */
const CLAIM = {
  topic: "operations.ownership",
  kind: "risk",
  severity: "medium",
  title: "Nobody is named who answers for Customer",
  message: "When it fails at night, nobody knows whom to call.",
  primary: { type: "element", id: "E1", expected: null },
  anchors: [],
  claims: [{ anchor: "E1", attr: "owner", op: "not-stated", value: "" }],
  quotes: [],
  relates_to_rule: null,
  remedy: "Name the team that owns it.",
  pattern_ids: [],
  tradeoff: "The team has to be on call.",
  confidence: "high",
};

const INVENTED = {
  ...CLAIM,
  topic: "data.ownership",
  title: "A queue that is not there loses orders",
  message: "See https://evil.example/x for more.",
  primary: { type: "element", id: "E999", expected: null },
};

const RECORD = {
  title: "Say who answers for each part",
  body: "## Context and Problem Statement\n\nNobody is named for the customer's part.\n\n## Considered Options\n\n- One owner for each part\n- No owners\n\n## Decision Outcome\n\nOne owner for each part.\n\n### Consequences\n\n- Bad, because owners are on call.",
  reason: "The question comes back with every incident.",
  finding: null,
};

const call = (tool: string, input: object): object => ({ call: tool, input });
const usage = { input: 8000, kept: 2000, keeping: 0, output: 200 };

const SCRIPT = [
  { when: { said: ["Answer a person's question"] }, say: ["Nothing in the design **states** it.", { wait_ms: 1500 }], usage },
  { say: ["I read the container view first.", { wait_ms: 2500 }, " Then I ask who owns what.", call("report_finding", CLAIM), call("report_finding", INVENTED)], usage },
  { say: [{ wait_ms: 1500 }, call("adr_propose", RECORD)], usage },
  { say: [call("finish", { recommendation: "request-changes", coverage: [], summary: "Ownership is not stated." })], usage },
];

const script = join(mkdtempSync(join(tmpdir(), "lintel-script-")), "script.json");
writeFileSync(script, JSON.stringify(SCRIPT));
const lintel = served({ LINTEL_LLM_PROVIDER: "scripted", LINTEL_LLM_SCRIPT: script });

test("an agent reviews, is checked, and its suggestion is applied by a person", async ({ page }) => {
  test.setTimeout(120_000);
  const complaints: string[] = [];
  watch(page, complaints);
  const outside: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(lintel.url)) outside.push(request.url());
  });
  await signIn(page, lintel, ADMIN.email, ADMIN.password);
  await page.goto(`${lintel.url}/?new=sample`);
  await page.getByRole("dialog").getByRole("button", { name: /sample/i }).click();
  await expect(page).toHaveURL(/\/p\//);
  const project = page.url().split("?")[0] ?? "";

  // Send.
  await page.goto(`${project}/reviews/1`);
  await page.getByRole("link", { name: "Ask agents" }).first().click();
  await page.getByLabel(/decision-editor/).check();
  await page.getByRole("button", { name: "Start review" }).click();
  await expect(page).toHaveURL(/\/reviews\/2/);

  // The rules are there at once; what the agent says streams in, and is there again after a reload.
  await expect(page.getByRole("heading", { name: "Review in progress" })).toBeVisible();
  await expect(page.getByText("Ledger DB is tier 0 and has one instance").first()).toBeVisible();
  await expect(page.getByRole("log", { name: "Agent notes" })).toContainText("I read the container view first.");
  await page.reload();
  await expect(page.getByRole("log", { name: "Agent notes" })).toContainText("I read the container view first.");

  // At the end: the finding that holds, the claim that does not, and the verdict of the rules.
  await expect(page.getByText("Nobody is named who answers for Customer").first()).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText("Ownership is not stated.")).toBeVisible({ timeout: 30_000 });
  await page.getByText("1 claim did not check out").click();
  await expect(page.getByText("A queue that is not there loses orders")).toBeVisible();
  await expect(page.locator('a[href*="evil"], img[src*="evil"]')).toHaveCount(0);
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await page.reload();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
  }

  // The suggestion: accepted by a person, and taken back.
  await page.getByRole("button", { name: "Accept edit" }).click();
  await expect(page.getByText(/accepted by Ada Architect/)).toBeVisible();
  await page.goto(`${project}/decisions`);
  await expect(page.getByText("Say who answers for each part")).toBeVisible();
  await page.goto(`${project}/reviews/2`);
  await page.getByRole("button", { name: "Take back" }).click();
  await expect(page.getByRole("button", { name: "Accept edit" })).toBeVisible();
  await page.goto(`${project}/decisions`);
  await expect(page.getByText("Say who answers for each part")).toHaveCount(0);

  // Export.
  const markdown = await page.request.get(`${project.replace("/p/", "/api/v1/projects/")}/reviews/2.md`);
  const text = await markdown.text();
  expect(text).toContain("Nobody is named who answers for Customer");
  expect(text).not.toContain("evil.example");

  // Ask about a finding: the answer comes into its discussion by itself, and everybody reads who asked.
  await page.goto(`${project}/reviews/2`);
  await page.getByRole("textbox", { name: "Reply" }).fill("Is it stated anywhere?");
  await page.getByRole("combobox", { name: "Ask" }).selectOption("decision-editor");
  await page.getByRole("button", { name: "Reply" }).click();
  await expect(page.getByText("@decision-editor Is it stated anywhere?")).toBeVisible();
  await expect(page.getByText("What an agent says is not checked.")).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText("Nothing in the design states it.")).toBeVisible();
  await expect(page.getByText("asked by Ada Architect")).toBeVisible();

  // Stop.
  await page.goto(`${project}/reviews/2?ask=1`);
  await page.getByLabel(/decision-editor/).check();
  await page.getByRole("button", { name: "Start review" }).click();
  await expect(page).toHaveURL(/\/reviews\/3/);
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(page.getByText("Somebody stopped it.").first()).toBeVisible();
  expect(outside).toEqual([]);
  expect(complaints).toEqual([]);
});
