// A real server in a folder of its own, and what the tests watch in every page.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type BrowserContext, type Locator, type Page, expect, test } from "@playwright/test";

const BINARY = process.env.LINTEL_BINARY ?? "../target/debug/lintel";

export const ADMIN = { name: "Ada Architect", email: "ada@example.com", password: "correct horse battery" };

async function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.on("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (address && typeof address === "object" ? done(address.port) : fail(new Error("no port"))));
    });
  });
}

/** A Lintel process on a fresh data folder. */
export class Lintel {
  readonly data = mkdtempSync(join(tmpdir(), "lintel-end2end-"));
  url = "";
  setupLink = "";
  private child: ChildProcess | null = null;
  private port = 0;
  private output = "";

  /** With variables besides the machine's own. */
  constructor(private readonly variables: Record<string, string> = {}) {}

  async start(): Promise<this> {
    if (this.port === 0) this.port = await freePort();
    this.url = `http://127.0.0.1:${this.port}`;
    this.output = "";
    const child = spawn(BINARY, ["serve", "--addr", `127.0.0.1:${this.port}`, "--data", this.data], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...this.variables },
    });
    this.child = child;
    const read = (chunk: Buffer): void => {
      this.output += chunk.toString();
      this.setupLink = /https?:\/\/\S+\/setup\?token=[\w-]+/.exec(this.output)?.[0] ?? this.setupLink;
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    await expect
      .poll(
        async () => {
          if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${this.output}`);
          return fetch(`${this.url}/ready`).then((answer) => answer.status, () => 0);
        },
        { timeout: 20_000 },
      )
      .toBe(200);
    return this;
  }

  /** Ends the process at once, as a power cut would. */
  async kill(): Promise<void> {
    const child = this.child;
    if (!child || child.exitCode !== null) return;
    const gone = new Promise((done) => child.once("exit", done));
    child.kill("SIGKILL");
    await gone;
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.data, { recursive: true, force: true });
  }

  /** Runs a subcommand against this server's data folder and gives its output. */
  command(args: string[], input = ""): string {
    return execFileSync(BINARY, [...args, "--data", this.data], { input, encoding: "utf8" });
  }
}

/** Everything a page must not do: complain in the console, throw, or break the content security policy. */
export function watch(page: Page, complaints: string[]): void {
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(`${page.url()}: ${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error.message}`));
}

/** Waits until the page is alive: events are handled by the browser half. */
export async function alive(page: Page): Promise<void> {
  await expect(page.locator("html[data-alive]")).toHaveCount(1);
}

/** The text in the editor without carets. */
export async function sourceText(page: Page): Promise<string> {
  return page.locator(".cm-content").evaluate((content) =>
    [...content.querySelectorAll(".cm-line")]
      .map((line) => {
        const copy = line.cloneNode(true) as HTMLElement;
        copy.querySelectorAll(".caret, .cm-widgetBuffer").forEach((node) => node.remove());
        return copy.textContent;
      })
      .join("\n"),
  );
}

/** Goes through the setup page with the one-time link; ends signed in. */
export async function setUp(page: Page, lintel: Lintel): Promise<void> {
  await page.goto(lintel.setupLink);
  await page.getByLabel("Name").fill(ADMIN.name);
  await page.getByLabel("E-mail").fill(ADMIN.email);
  await page.getByLabel("Password").fill(ADMIN.password);
  await page.locator("main form button[type=submit]").first().click();
  await expect(page).not.toHaveURL(/setup/);
}

export async function signIn(page: Page, lintel: Lintel, email: string, password: string): Promise<void> {
  await page.goto(`${lintel.url}/sign-in`);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.locator("main form button[type=submit]").first().click();
  await expect(page).not.toHaveURL(/sign-in/);
}

/** Adds a person to the server and to a project, by the operator's command and an invite link. */
export async function invited(context: BrowserContext, lintel: Lintel, link: string, name: string, email: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(link);
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(`${name} has a long password`);
  await page.locator("main form button[type=submit]").first().click();
  await expect(page).toHaveURL(/\/p\//);
  return page;
}

export function source(page: Page): Locator {
  return page.locator(".cm-content");
}

/** A server with its first account, for all tests of a file. */
export function served(variables: Record<string, string> = {}): Lintel {
  const lintel = new Lintel(variables);
  test.beforeAll(async ({ browser }) => {
    await lintel.start();
    const page = await browser.newPage();
    await setUp(page, lintel);
    await page.close();
  });
  test.afterAll(() => lintel.stop());
  return lintel;
}
