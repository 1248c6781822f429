// A y-websocket client that knows nothing of Lintel joins a document, given a valid token.

import { expect, test } from "@playwright/test";
import { WebSocket } from "ws";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";

import { Lintel } from "../lintel";

const lintel = new Lintel();
let token = "";

test.beforeAll(async () => {
  await lintel.start();
  lintel.command(["user", "add", "--email", "op@example.com", "--name", "Operator", "--role", "admin", "--password-stdin"], "a long enough secret\n");
  token = /lintel_[\w-]+/.exec(lintel.command(["token", "create", "--email", "op@example.com", "--name", "test"]))?.[0] ?? "";
  expect(token).not.toBe("");
});

test.afterAll(() => lintel.stop());

async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(`${lintel.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: body === undefined ? null : JSON.stringify(body),
  });
  expect(answer.ok, `${method} ${path}: ${answer.status}`).toBe(true);
  return (await answer.json()) as T;
}

function join(document: string, doc: Y.Doc): WebsocketProvider {
  const url = lintel.url.replace("http", "ws");
  class Authorised extends WebSocket {
    constructor(address: string) {
      super(address, { headers: { authorization: `Bearer ${token}` } });
    }
  }
  return new WebsocketProvider(`${url}/collab`, document, doc, {
    WebSocketPolyfill: Authorised as unknown as typeof globalThis.WebSocket,
    disableBc: true,
  });
}

test("a stock y-websocket client joins, writes and converges", async () => {
  await api("POST", "/projects", { name: "Stock", slug: "stock" });
  const path = "docs/adr/0001-start.md";
  const created = await api<{ id: string }>("POST", "/projects/stock/documents", { kind: "decision", path, text: "# Start\n\nGrüße 😀\n" });

  const [first, second] = [new Y.Doc(), new Y.Doc()];
  const providers = [join(created.id, first), join(created.id, second)];
  try {
    await expect.poll(() => first.getText("text").toString()).toBe("# Start\n\nGrüße 😀\n");
    await expect.poll(() => second.getText("text").toString()).toBe("# Start\n\nGrüße 😀\n");
    first.getText("text").insert(0, "<!-- one -->");
    const end = second.getText("text");
    end.insert(end.length, "two");
    const whole = "<!-- one --># Start\n\nGrüße 😀\ntwo";
    await expect.poll(() => second.getText("text").toString()).toBe(whole);
    await expect.poll(() => first.getText("text").toString()).toBe(whole);
    await expect.poll(async () => (await api<{ text: string }>("GET", `/documents/${created.id}`)).text).toBe(whole);
  } finally {
    for (const provider of providers) provider.destroy();
  }
});
