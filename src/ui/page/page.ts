// What every page does in the browser before and beside the Rust half: theme, menus, dialogs, the drawer, forms that show
// they are being sent, and visits that change the page in place.
//
// Pages are whole without it: links lead somewhere, forms post, dialogs are open because the address says so. Attributes say
// what is added:
//
//   data-act="theme | drawer | toggle | dialog | close | copy | print | forget"   what a press does, on `data-target` where it needs one
//   nav[data-contents]                 links to the sections of the page; the one that is read is marked
//   a[aria-keyshortcuts="[ K"]         pressed by one of these keys, while nobody types and there is no canvas
//   dialog[data-close]                 modal while the address says so; closing visits `data-close`
//   main[data-poll="600"]              visits itself after so many milliseconds
//   main[data-events="/api/…"]         visits itself when the server tells of something new; what is said is added to `[data-said]`
//   form[data-quiet]                   posts without leaving the page; the document itself brings the news
//   a[data-reload]                     always a whole new page
//   a[data-part="id"]                  puts only the element of that id in the place of the one that is here; the rest stays alive
//   input[data-filter="id"]            hides what lies in the element and has not all of the words, while one types
//
// A page is changed in place when a link or form stays on its path. A page with live parts (`.app[data-live]`) keeps them:
// links that stay on its path change the address, which the live parts are told by the event `lintel:address`.

import { findTexts } from "./texts";

export {};

declare global {
  interface Window {
    lintelEditor?: () => Promise<{ forget(): Promise<void> }>;
  }
}

const root = document.documentElement;

const live = (): boolean => document.querySelector(".app[data-live]") !== null;

const inPlace = (url: URL): boolean => url.origin === location.origin && url.pathname === location.pathname;

// Theme ------------------------------------------------------------------------------------------------------------------

function switchTheme(): void {
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  try {
    localStorage.setItem("theme", root.dataset.theme);
  } catch {
    // Kept for this page only.
  }
}

// Dialogs and menus ------------------------------------------------------------------------------------------------------

function show(dialog: HTMLDialogElement): void {
  dialog.removeAttribute("open");
  dialog.showModal();
}

function openAddressDialogs(within: ParentNode): void {
  for (const dialog of within.querySelectorAll<HTMLDialogElement>("dialog[data-close]")) {
    show(dialog);
    // What the address opened and the page has drawn itself is there again when one comes back to it.
    const part = dialog.parentElement?.id;
    if (part && live()) history.replaceState({ part }, "");
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      void follow(new URL(dialog.dataset.close ?? "", location.href));
    });
  }
}

const openMenus = (): NodeListOf<HTMLElement> => document.querySelectorAll<HTMLElement>("details.pop[open]");

document.addEventListener("pointerdown", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target as Node)) menu.removeAttribute("open");
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.removeAttribute("open");
    (menu.firstElementChild as HTMLElement | null)?.focus();
  }
});

// Presses ----------------------------------------------------------------------------------------------------------------

async function act(name: string, element: HTMLElement): Promise<void> {
  const target = element.dataset.target ? document.getElementById(element.dataset.target) : null;
  switch (name) {
    case "theme":
      switchTheme();
      break;
    case "drawer": {
      const app = element.closest<HTMLElement>(".app");
      if (app) app.dataset.nav = app.dataset.nav === "open" ? "closed" : "open";
      break;
    }
    case "toggle":
      target?.toggleAttribute("data-open");
      break;
    case "dialog":
      if (target instanceof HTMLDialogElement) show(target);
      break;
    case "close":
      element.closest("dialog")?.close();
      break;
    case "print":
      element.closest("details")?.removeAttribute("open");
      window.print();
      break;
    case "copy": {
      const said = document.getElementById(element.dataset.says ?? "");
      const done = await navigator.clipboard.writeText(target?.textContent ?? "").then(() => true, () => false);
      if (said) said.textContent = done ? "Copied" : "The browser did not allow copying. Select the text instead.";
      break;
    }
  }
}

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button !== 0 || !(event.target instanceof Element)) return;
  const pressed = event.target.closest<HTMLElement>("[data-act]");
  if (pressed && pressed.dataset.act !== "forget") {
    event.preventDefault();
    void act(pressed.dataset.act ?? "", pressed);
    return;
  }
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest<HTMLAnchorElement>("a[href]");
  if (!link || link.target || link.hasAttribute("download") || link.hasAttribute("data-reload") || link.rel === "external") return;
  const url = new URL(link.href);
  // A place on this page is the browser's own business.
  if (!inPlace(url) || (url.hash !== "" && url.search === location.search)) return;
  event.preventDefault();
  if (link.dataset.part) void bring(url, link.dataset.part, "push");
  else void follow(url);
});

// Reading ----------------------------------------------------------------------------------------------------------------

/** Where a section counts as the one that is read: so far below the top of what scrolls, in px. */
const READ_PX = 96;

function markSection(): void {
  for (const nav of document.querySelectorAll<HTMLElement>("nav[data-contents]")) {
    let current: HTMLAnchorElement | null = null;
    for (const link of nav.querySelectorAll<HTMLAnchorElement>("a[href^='#']")) {
      const section = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (!section) continue;
      const top = section.closest<HTMLElement>(".pane__body")?.getBoundingClientRect().top ?? 0;
      if (section.getBoundingClientRect().top - top <= READ_PX) current = link;
      link.removeAttribute("aria-current");
    }
    current?.setAttribute("aria-current", "location");
  }
}

let marking = false;

function markSoon(): void {
  if (marking) return;
  marking = true;
  requestAnimationFrame(() => {
    marking = false;
    markSection();
  });
}

// Panes scroll alone, and their events do not rise.
document.addEventListener("scroll", markSoon, { capture: true, passive: true });
document.addEventListener("toggle", markSoon, { capture: true });

document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || event.shiftKey || !(target instanceof Element)) return;
  if (target.closest("input, textarea, select, [contenteditable], .cm-editor, dialog[open]") || document.querySelector(".workbench")) return;
  for (const link of document.querySelectorAll<HTMLAnchorElement>("a[aria-keyshortcuts]")) {
    if (link.getAttribute("aria-keyshortcuts")?.toLowerCase().split(" ").includes(key.toLowerCase())) {
      event.preventDefault();
      link.click();
      return;
    }
  }
});

// Lists that are searched while one types -------------------------------------------------------------------------------

document.addEventListener("input", (event) => {
  const field = event.target;
  if (!(field instanceof HTMLInputElement) || !field.dataset.filter) return;
  const list = document.getElementById(field.dataset.filter);
  if (!list) return;
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const item of list.querySelectorAll<HTMLElement>("li")) {
    const text = item.textContent?.toLowerCase() ?? "";
    item.hidden = !words.every((word) => text.includes(word));
  }
  for (const group of list.querySelectorAll<HTMLElement>("section, .docs__group")) group.hidden = !group.querySelector("li:not([hidden])");
});

// Visits -----------------------------------------------------------------------------------------------------------------

let newest = 0;

/** Goes to an address: in place when this page can, else as the browser does. */
async function follow(url: URL): Promise<void> {
  if (!inPlace(url)) {
    location.assign(url);
  } else if (live()) {
    history.pushState(null, "", url);
    leaveDialogs();
    window.dispatchEvent(new Event("lintel:address"));
  } else {
    await visit(new Request(url), "push");
  }
}

/** Sends a request for an answer of a kind. Its own headers stay: one says what its body is. */
function send(request: Request, accept: string): Promise<Response> {
  request.headers.set("Accept", accept);
  return fetch(request);
}

/** Fetches a page and puts it in the place of this one. Whatever can't be changed in place becomes an ordinary visit. */
async function visit(request: Request, history_: "push" | "keep"): Promise<void> {
  const number = ++newest;
  const asked = request.method === "GET" ? new URL(request.url) : null;
  let answer: Response;
  try {
    answer = await send(request, "text/html");
  } catch {
    if (asked) location.assign(asked);
    else tell("The server could not be reached. Check the connection and try again.");
    return;
  }
  const html = await answer.text();
  if (number !== newest) return;
  const url = new URL(answer.url);
  const page = new DOMParser().parseFromString(html, "text/html");
  const [from, to] = [document.querySelector(".app, .gate"), page.querySelector(".app, .gate")];
  const alike = from?.classList[0] === to?.classList[0] && !to?.matches("[data-live]");
  const here = inPlace(url);
  // An answer to a post has been given already and may hold what is shown only once: it is shown as it came, wherever it leads.
  if (!from || !to || (asked ? !here || !alike : !here && (!alike || url.origin !== location.origin))) {
    location.assign(asked ?? url);
    return;
  }
  for (const name of ["__err", "__path"]) url.searchParams.delete(name);
  if (history_ === "push" && url.href !== location.href) history.pushState(null, "", url);
  document.title = page.title;
  replace(from, to);
  if (!here) window.scrollTo(0, 0);
}

/** Fetches a page and puts one part of it in the place of this page's; everything else stays as it is. */
async function bring(url: URL, part: string, history_: "push" | "keep"): Promise<void> {
  const number = ++newest;
  const answer = await send(new Request(url), "text/html").catch(() => null);
  const html = (await answer?.text()) ?? "";
  if (number !== newest) return;
  const [from, to] = [document.getElementById(part), new DOMParser().parseFromString(html, "text/html").getElementById(part)];
  if (!answer?.ok || !from || !to) {
    location.assign(url);
    return;
  }
  const pressed = document.activeElement instanceof HTMLAnchorElement ? document.activeElement.getAttribute("href") : null;
  const top = from.querySelector("[tabindex='0']")?.scrollTop ?? 0;
  if (history_ === "push" && url.href !== location.href) history.pushState(null, "", url);
  from.replaceWith(document.adoptNode(to));
  openAddressDialogs(to);
  const pane = to.querySelector("[tabindex='0']");
  if (pane) pane.scrollTop = top;
  if (pressed !== null) to.querySelector<HTMLElement>(`a[href="${CSS.escape(pressed)}"]`)?.focus({ preventScroll: true });
}

/** Takes away the dialogs that the address has opened and no longer asks for; the focus goes back to what opened one. */
function leaveDialogs(): void {
  for (const dialog of document.querySelectorAll<HTMLDialogElement>("dialog[data-close]")) {
    const opener = document.getElementById(dialog.dataset.opener ?? "");
    dialog.close();
    if (dialog.previousElementSibling?.matches(".dialog-scrim")) dialog.previousElementSibling.remove();
    dialog.remove();
    opener?.focus();
  }
}

function replace(from: Element, to: Element): void {
  const focused = document.activeElement;
  const mark = focused?.id ? `#${CSS.escape(focused.id)}` : focused instanceof HTMLAnchorElement ? `a[href="${CSS.escape(focused.getAttribute("href") ?? "")}"]` : "";
  const scrolled = [...from.querySelectorAll<HTMLElement>("[tabindex='0'][aria-label]")].filter((pane) => pane.scrollTop > 0);
  const places = scrolled.map((pane) => [pane.getAttribute("aria-label") ?? "", pane.scrollTop, pane.textContent] as const);
  const top = window.scrollY;
  from.replaceWith(document.adoptNode(to));
  for (const [label, at, text] of places) {
    const pane = to.querySelector<HTMLElement>(`[aria-label="${CSS.escape(label)}"]`);
    // Another finding begins at its top.
    if (pane && (pane.textContent === text || !pane.closest("[data-fresh]"))) pane.scrollTop = at;
  }
  window.scrollTo(0, top);
  begin(to);
  if (mark) document.querySelector<HTMLElement>(mark)?.focus({ preventScroll: true });
  window.dispatchEvent(new Event("lintel:page"));
}

window.addEventListener("popstate", (event) => {
  const part = (event.state as { part?: string } | null)?.part;
  if (live() && part) void bring(new URL(location.href), part, "keep");
  else if (live()) {
    leaveDialogs();
    window.dispatchEvent(new Event("lintel:address"));
  } else void visit(new Request(location.href), "keep");
});

// Forms ------------------------------------------------------------------------------------------------------------------

/** Says something at the bottom of the page for a while. */
function tell(words: string): void {
  let region = document.querySelector(".toast-region");
  if (!region) {
    region = document.createElement("div");
    region.className = "toast-region";
    region.setAttribute("role", "status");
    document.body.append(region);
  }
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.textContent = words;
  region.append(toast);
  setTimeout(() => toast.remove(), 8000);
}

window.addEventListener("lintel:tell", (event) => tell((event as CustomEvent<string>).detail));

function requestOf(form: HTMLFormElement, button: HTMLElement | null): Request {
  const data = new FormData(form, button);
  if (form.method === "get") {
    const url = new URL(form.action);
    url.search = new URLSearchParams(data as unknown as Record<string, string>).toString();
    return new Request(url);
  }
  const body = form.enctype === "multipart/form-data" ? data : new URLSearchParams(data as unknown as Record<string, string>);
  return new Request(form.action, { method: "POST", body });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !(form instanceof HTMLFormElement) || form.method === "dialog") return;
  const button = event.submitter;
  const busy = form.querySelector<HTMLElement>("[type=submit][data-wait]");
  if (button?.dataset.act === "forget") void window.lintelEditor?.().then((editor) => editor.forget(), () => undefined);
  if (form.dataset.quiet !== undefined) {
    event.preventDefault();
    form.closest("details")?.removeAttribute("open");
    void post(form, button);
    return;
  }
  busy?.setAttribute("data-busy", "");
  if (live()) return;
  event.preventDefault();
  void visit(requestOf(form, button), "push").finally(() => busy?.removeAttribute("data-busy"));
});

async function post(form: HTMLFormElement, button: HTMLElement | null): Promise<void> {
  try {
    const answer = await send(requestOf(form, button), "application/json");
    if (answer.ok) {
      window.dispatchEvent(new Event("lintel:posted"));
      return;
    }
    const problem = (await answer.json()) as { reason?: string; problem?: string };
    tell(problem.reason ?? problem.problem ?? "The server could not do that. Reload the page and try again.");
  } catch {
    tell("The server could not be reached. Check the connection and try again.");
  }
}

// News -------------------------------------------------------------------------------------------------------------------

let news: EventSource | null = null;
let refreshing: ReturnType<typeof setTimeout> | undefined;
/** What was said so far: it has to be there again after the page has visited itself. */
let said: { agent: string; text: string }[] = [];

function listen(address: string): void {
  if (news?.url === new URL(address, location.href).href) {
    saySoFar();
    return;
  }
  news?.close();
  said = [];
  news = new EventSource(address);
  for (const name of ["agent", "finding", "step"]) news.addEventListener(name, () => refresh());
  news.addEventListener("said", (event) => {
    const { agent, text } = JSON.parse((event as MessageEvent<string>).data) as { agent: string; text: string };
    const last = said.at(-1);
    if (last?.agent === agent) last.text += text;
    else said.push({ agent, text });
    saySoFar();
  });
  news.addEventListener("restarted", (event) => {
    const { agent } = JSON.parse((event as MessageEvent<string>).data) as { agent: string };
    if (said.at(-1)?.agent === agent) said.pop();
    saySoFar();
  });
  news.addEventListener("finished", () => {
    news?.close();
    refresh();
  });
}

/** Visits the page again soon, but not under somebody's hands. */
function refresh(): void {
  clearTimeout(refreshing);
  refreshing = setTimeout(() => {
    const typing = document.activeElement;
    const busy = (typing instanceof HTMLInputElement || typing instanceof HTMLTextAreaElement) && typing.value !== "";
    if (busy || document.querySelector("dialog[open]")) refresh();
    else void visit(new Request(location.href), "keep");
  }, 250);
}

function saySoFar(): void {
  const log = document.querySelector("[data-said]");
  if (!log || said.length === 0) return;
  log.replaceChildren(
    ...said.slice(-40).map(({ agent, text }) => {
      const line = document.createElement("p");
      const who = document.createElement("b");
      who.textContent = `${agent} `;
      line.append(who, text);
      return line;
    }),
  );
  log.scrollTop = log.scrollHeight;
}

// Beginning --------------------------------------------------------------------------------------------------------------

function begin(within: ParentNode): void {
  openAddressDialogs(within);
  const main = within.querySelector<HTMLElement>("main[data-poll]");
  if (main) {
    setTimeout(() => {
      if (main.isConnected) void visit(new Request(location.href), "keep");
    }, Number(main.dataset.poll));
  }
  const events = within.querySelector<HTMLElement>("main[data-events]")?.dataset.events;
  if (events) {
    listen(events);
  } else {
    news?.close();
    news = null;
  }
  within.querySelector<HTMLElement>("[autofocus]")?.focus();
}

findTexts();
begin(document);
root.dataset.page = "";
