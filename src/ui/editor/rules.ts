// What the rules say while people type: marks in the text, a list in the pane's head, and notes for the picture.
//
// A worker runs the rules (`rules_worker.ts`); it is started when the page is at rest. Texts go to it when the typing pauses, one at
// a time. An answer is about the text that was sent, so its places are carried through what was typed since. While something is being
// drawn the worker is asked again without a text: what it holds back depends on the time and on what the person is at.

import { type ChangeDesc, type EditorState, type Extension, RangeSet, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  EditorView,
  GutterMarker,
  gutterLineClass,
  hoverTooltip,
} from "@codemirror/view";

import { underPointer } from "./assist";
import type { Request } from "./rules_worker";

type Severity = "critical" | "high" | "medium" | "low";

interface Finding {
  code: string;
  category: string;
  severity: Severity;
  title: string;
  message: string;
  why: string;
  remedy: string;
  from: number;
  to: number;
  elements: string[];
}

interface Answer {
  stale: boolean;
  findings: Finding[];
  waiting: number;
  again: number | null;
}

/** How long the typing pauses before the rules run. */
const PAUSE_MS = 250;
/** How often what is held back is looked at again. */
const LOOK_MS = 1000;
/** How old the project's other texts may be when somebody comes back to the page. */
const FRESH_MS = 60_000;
/** So many findings are listed; the rest is counted. */
const LISTED = 100;

const RANK: Record<Severity, number> = { low: 0, medium: 1, high: 2, critical: 3 };

const setFindings = StateEffect.define<Finding[]>();

class Sign extends GutterMarker {
  constructor(readonly severity: Severity) {
    super();
    this.elementClass = `cm-sign cm-sign--${severity}`;
  }
  override eq(other: Sign): boolean {
    return other.severity === this.severity;
  }
}

const SIGNS: Record<Severity, Sign> = {
  critical: new Sign("critical"),
  high: new Sign("high"),
  medium: new Sign("medium"),
  low: new Sign("low"),
};

function within(finding: Finding, length: number): Finding {
  const from = Math.min(finding.from, length);
  return { ...finding, from, to: Math.min(Math.max(finding.to, from), length) };
}

function carried(finding: Finding, changes: ChangeDesc): Finding {
  const from = changes.mapPos(finding.from, 1);
  return { ...finding, from, to: Math.max(from, changes.mapPos(finding.to, -1)) };
}

const shown = StateField.define<Finding[]>({
  create: () => [],
  update(before, transaction) {
    const moved = transaction.docChanged ? before.map((finding) => carried(finding, transaction.changes)) : before;
    return transaction.effects.reduce((last, effect) => (effect.is(setFindings) ? effect.value : last), moved);
  },
  provide: (field) => [
    EditorView.decorations.compute([field], (state) => underlines(state.field(field))),
    gutterLineClass.compute([field], (state) => signs(state, state.field(field))),
  ],
});

function underlines(findings: Finding[]): DecorationSet {
  // The worst last, so that it lies innermost and is seen.
  const marked = findings.filter(({ from, to }) => from < to).sort((a, b) => RANK[a.severity] - RANK[b.severity]);
  return Decoration.set(
    marked.map(({ from, to, severity }) => Decoration.mark({ class: `cm-rule cm-rule--${severity}` }).range(from, to)),
    true,
  );
}

function signs(state: EditorState, findings: Finding[]): RangeSet<GutterMarker> {
  const lines = new Map<number, Severity>();
  for (const { from, severity } of findings) {
    const line = state.doc.lineAt(Math.min(from, state.doc.length)).from;
    const known = lines.get(line);
    if (known === undefined || RANK[severity] > RANK[known]) lines.set(line, severity);
  }
  return RangeSet.of([...lines].map(([line, severity]) => SIGNS[severity].range(line)), true);
}

// Words ------------------------------------------------------------------------------------------------------------------

function make<K extends keyof HTMLElementTagNameMap>(tag: K, className: string, ...inside: (Node | string)[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...inside);
  return made;
}

/** Text in which `code` stands between backticks. */
function prose(text: string): Node[] {
  return text.split("`").map((part, index) => (index % 2 === 1 ? make("code", "", part) : document.createTextNode(part)));
}

function icon(severity: Severity): SVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", `icon sev--${severity}`);
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `/icons.svg#i-sev-${severity}`);
  svg.append(use);
  return svg;
}

const word = (severity: Severity): string => severity.charAt(0).toUpperCase() + severity.slice(1);

function ruleLink(code: string): HTMLAnchorElement {
  const link = make("a", "cm-rule-link", code);
  link.href = `/catalogue/rules/${encodeURIComponent(code)}`;
  link.target = "_blank";
  link.rel = "noopener";
  link.setAttribute("aria-label", `Rule ${code}, opens in a new tab`);
  return link;
}

function explained(finding: Finding): HTMLElement {
  const { code, severity, title, message, why, remedy } = finding;
  return make(
    "div",
    "cm-finding",
    make("p", "cm-finding__title", icon(severity), make("strong", "", title)),
    make("p", "", ...prose(message)),
    make("p", "", make("b", "", "Why it matters. "), ...prose(why)),
    make("p", "", make("b", "", "What to do. "), ...prose(remedy)),
    make("p", "muted", `${word(severity)} · `, ruleLink(code)),
  );
}

const hover = hoverTooltip(
  (view, pos) => {
    const here = view.state.field(shown).filter(({ from, to }) => from <= pos && pos <= to && from < to);
    const first = here[0];
    if (!first) return null;
    return {
      pos: first.from,
      end: first.to,
      above: true,
      create: (view) => underPointer(view, make("div", "cm-explain", ...here.slice(0, 3).map(explained))),
    };
  },
  { hideOnChange: true },
);

// The list ---------------------------------------------------------------------------------------------------------------

/** What was found, in the head of the source's pane: a count that opens a list; a press on a row goes to its place. */
class List {
  private readonly summary = make("summary", "sev");
  private readonly rows = make("ol", "menu");
  private readonly dom = make("details", "pop problems findings", this.summary, this.rows);
  private said = "";

  constructor(private readonly view: EditorView) {
    this.dom.id = "live-findings";
    this.dom.addEventListener("toggle", () => {
      if (this.dom.open) this.fill();
    });
  }

  /** Shows the newest findings; rows are made only while somebody looks. */
  show(): void {
    const findings = this.view.state.field(shown);
    const worst = findings.reduce<Severity>((worst, { severity }) => (RANK[severity] > RANK[worst] ? severity : worst), "low");
    if (findings.length === 0) {
      if (this.dom.contains(document.activeElement)) this.view.focus();
      this.dom.open = false;
      this.dom.remove();
      return;
    }
    const said = `${worst} ${findings.length}`;
    if (said !== this.said || !this.dom.isConnected) {
      this.said = said;
      this.summary.className = `sev sev--${worst}`;
      this.summary.replaceChildren(icon(worst), findings.length === 1 ? "1 finding" : `${findings.length} findings`);
    }
    if (!this.dom.isConnected) this.view.dom.closest(".wb-source")?.querySelector(".pane__head .push")?.prepend(this.dom);
    if (this.dom.open) this.fill();
  }

  destroy(): void {
    this.dom.remove();
  }

  private fill(): void {
    const findings = this.view.state.field(shown);
    const focused = [...this.rows.querySelectorAll("a")].findIndex((link) => link === document.activeElement);
    const rows = findings.slice(0, LISTED).map((finding, index) => this.row(finding, index));
    if (findings.length > LISTED) rows.push(make("li", "muted problem", `${findings.length - LISTED} more`));
    this.rows.replaceChildren(...rows);
    if (focused >= 0) ([...this.rows.querySelectorAll("a")].at(focused) ?? this.summary).focus();
  }

  private row(finding: Finding, index: number): HTMLLIElement {
    const line = this.view.state.doc.lineAt(Math.min(finding.from, this.view.state.doc.length)).number;
    const words = make("b", "", make("span", "sr-only", `${word(finding.severity)}: `), `${line} `, finding.title);
    const go = make("a", "problem", icon(finding.severity), make("span", "", words, make("span", "muted", ...prose(finding.remedy))));
    go.href = `#L${line}`;
    go.rel = "external";
    go.addEventListener("click", (event) => {
      event.preventDefault();
      const now = this.view.state.field(shown)[index] ?? finding;
      const { from, to } = within(now, this.view.state.doc.length);
      this.dom.open = false;
      this.view.dispatch({ selection: { anchor: from, head: to }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
      this.view.focus();
    });
    return make("li", "live-row", go, ruleLink(finding.code));
  }
}

// Asking -----------------------------------------------------------------------------------------------------------------

/** Notes as the page keeps those of a review; the page draws them on elements. */
function notes(findings: Finding[]): string {
  const id = "00000000-0000-0000-0000-000000000000";
  return JSON.stringify(findings.map(({ code, title, category, severity, elements }) => ({ id, code, title, category, severity, state: "open", elements })));
}

async function project(document: string): Promise<string | null> {
  try {
    const answer = await fetch("/fn/opening", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ document }),
    });
    return answer.ok ? await answer.text() : null;
  } catch {
    return null;
  }
}

/** Runs the rules beside an editor. */
export class Rules {
  readonly extension: Extension;
  private view: EditorView | null = null;
  private list: List | null = null;
  private worker: Worker | null = null;
  /** What was typed since the text that is being judged was sent; null while nothing is. */
  private since: ChangeDesc | null = null;
  private told = "";
  private opened = 0;
  private timer = 0;
  /** The text has changed since it was sent. */
  private changed = true;

  constructor(
    private readonly document: string,
    private readonly onNotes: (notes: string) => void,
  ) {
    this.extension = [
      shown,
      hover,
      EditorView.updateListener.of((update) => {
        if (update.docChanged) {
          this.changed = true;
          this.since = this.since?.composeDesc(update.changes.desc) ?? null;
        }
        if (update.docChanged || update.selectionSet) this.later(PAUSE_MS);
      }),
    ];
  }

  /** Starts when the page is at rest: nothing of it is needed to work. */
  start(view: EditorView): void {
    this.view = view;
    this.list = new List(view);
    document.addEventListener("visibilitychange", this.returned);
    const begin = (): void => void this.begin();
    if (typeof requestIdleCallback === "function") requestIdleCallback(begin, { timeout: 5000 });
    else setTimeout(begin, 1000);
  }

  destroy(): void {
    document.removeEventListener("visibilitychange", this.returned);
    clearTimeout(this.timer);
    this.end();
    this.list?.destroy();
    this.view = null;
  }

  private end(): void {
    this.worker?.terminate();
    this.worker = null;
    this.since = null;
  }

  private async begin(): Promise<void> {
    const [script, program] = document.querySelector<HTMLMetaElement>('meta[name="lintel-rules"]')?.content.split(" ") ?? [];
    if (!script || !program || typeof Worker === "undefined") return;
    const opening = await project(this.document);
    if (opening === null || !this.view) return;
    this.opened = performance.now();
    this.worker = new Worker(script, { type: "module" });
    // Without the rules the page is what it was; the review on the server is not touched by it.
    this.worker.addEventListener("error", () => this.end());
    this.worker.addEventListener("message", ({ data }: MessageEvent<string | null>) => this.take(data));
    this.ask({ program, opening });
  }

  /** Somebody comes back to the page: decisions and other diagrams may be new. */
  private readonly returned = (): void => {
    if (document.visibilityState !== "visible" || !this.worker || performance.now() - this.opened < FRESH_MS) return;
    this.opened = performance.now();
    void project(this.document).then((opening) => {
      if (opening === null || !this.worker) return;
      this.changed = true;
      this.ask({ opening });
    });
  };

  private later(pause: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      // One at a time: the answer that is awaited asks again.
      if (this.worker && this.since === null) this.ask({});
    }, pause);
  }

  private ask(first: Pick<Request, "program" | "opening">): void {
    if (!this.worker || !this.view) return;
    const { doc, selection } = this.view.state;
    this.since = this.view.state.changes().desc;
    const request: Request = {
      ...first,
      ...(this.changed ? { text: doc.toString() } : {}),
      selected: new URLSearchParams(location.search).get("element"),
      caret: selection.main.head,
      now: Math.round(performance.now()),
    };
    this.changed = false;
    this.worker.postMessage(request);
  }

  private take(json: string | null): void {
    const since = this.since;
    this.since = null;
    if (json === null) return this.end();
    const view = this.view;
    if (!view || !since) return;
    const { stale, findings, waiting, again } = JSON.parse(json) as Answer;
    view.dom.dataset.waiting = String(waiting);
    if (!stale) {
      const told = notes(findings);
      const now = findings.map((finding) => carried(within(finding, since.length), since));
      view.dispatch({ effects: setFindings.of(now) });
      this.list?.show();
      if (told !== this.told) {
        this.told = told;
        this.onNotes(told);
      }
    }
    if (this.changed) this.later(PAUSE_MS);
    else if (waiting > 0) this.later(Math.min(again ?? LOOK_MS, LOOK_MS));
  }
}
