// What other tools make of our texts: Mermaid's own parser and D2's own compiler, on the sample and on diagrams of the corpus.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import { D2 } from "@terrastruct/d2";
import { expect, test } from "@playwright/test";

const BINARY = process.env.LINTEL_BINARY ?? "../target/debug/lintel";
const folder = mkdtempSync(join(tmpdir(), "lintel-formats-"));
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The sample, and every example and flowchart of the corpus where there is one. */
function diagrams(): string[] {
  const own = ["../src/sample/workspace.dsl"];
  const corpus = process.env.LINTEL_CORPUS;
  if (!corpus) {
    console.log("skipped: LINTEL_CORPUS is not set; only the sample is converted");
    return own;
  }
  const examples = join(corpus, "structurizr/examples");
  const inside = readdirSync(examples, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith("workspace.dsl"));
  const charts = join(corpus, "mermaid/flowchart");
  const flowcharts = readdirSync(charts).map((path) => join(charts, path));
  return [...own, ...inside.map((path) => join(examples, path)), ...flowcharts];
}

function convert(path: string, to: string): string {
  const output = join(folder, `${basename(path)}.${to}`);
  // A loss is told in words and is no failure; a text that can't be read is one.
  execFileSync(BINARY, ["render", path, "--to", to, "-o", output], { stdio: ["ignore", "ignore", "ignore"] });
  return readFileSync(output, "utf8");
}

test("Mermaid's parser takes our flowcharts and C4 diagrams", async ({ page }) => {
  test.setTimeout(240_000);
  await page.goto("about:blank");
  await page.addScriptTag({ path: createRequire(import.meta.url).resolve("mermaid/dist/mermaid.min.js") });
  const refused: string[] = [];
  let taken = 0;
  for (const path of diagrams()) {
    for (const to of ["mmd", "c4.mmd"]) {
      const text = convert(path, to);
      const fault = await page.evaluate(async (text) => {
        const { mermaid } = globalThis as unknown as { mermaid: { parse(text: string): Promise<unknown> } };
        return mermaid.parse(text).then(() => null, (error: Error) => error.message);
      }, text);
      if (fault === null) taken += 1;
      else refused.push(`${path} as ${to}: ${fault.slice(0, 300)}`);
    }
  }
  console.log(`mermaid: ${taken} taken, ${refused.length} refused`);
  expect(refused).toEqual([]);
  expect(taken).toBeGreaterThan(0);
});

test("D2's compiler takes our D2", async () => {
  test.setTimeout(240_000);
  const d2 = new D2();
  const refused: string[] = [];
  let taken = 0;
  for (const path of diagrams()) {
    const text = convert(path, "d2");
    const fault = await d2.compile(text).then(() => null, (error: Error) => error.message);
    if (fault === null) taken += 1;
    else refused.push(`${path}: ${fault.slice(0, 300)}`);
  }
  console.log(`d2: ${taken} taken, ${refused.length} refused`);
  expect(refused).toEqual([]);
  expect(taken).toBeGreaterThan(0);
});
