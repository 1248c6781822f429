// What the editor of a decision helps with: names of elements between double brackets, views behind `view:` and in fences, the words
// of rules in their fences; and how these look.
//
// What there is to complete is the server's to say (`service::reading::words`); it is asked once and again after a while.

import {
  type Completion,
  type CompletionContext,
  type CompletionResult,
  acceptCompletion,
  autocompletion,
  startCompletion,
} from "@codemirror/autocomplete";
import { StreamLanguage } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { keymap } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { type MarkdownExtension, parseCode } from "@lezer/markdown";

interface Words {
  elements: { name: string; key: string; kind: string; inside: string | null; link: string }[];
  views: { name: string; title: string; diagram: string }[];
  rules: [string, string][];
}

/** How long what there is to complete is taken as it was. */
const FRESH_MS = 30_000;

/** Lines before the caret in which the beginning of its fence is looked for. */
const FENCE_LINES = 200;

/** Asks what there is to complete in a decision; null when there is no answer. */
export type AskWords = () => Promise<Words | null>;

export function askingWords(document: string): AskWords {
  let known: Promise<Words | null> | null = null;
  let asked = 0;
  return () => {
    if (known && performance.now() - asked < FRESH_MS) return known;
    asked = performance.now();
    known = (async () => {
      try {
        const answer = await fetch("/fn/decision_words", {
          method: "POST",
          headers: { "Content-Type": "application/json", Accept: "application/json" },
          body: JSON.stringify({ document }),
        });
        return answer.ok ? (JSON.parse((await answer.json()) as string) as Words) : null;
      } catch {
        return null;
      }
    })();
    // A question that failed is asked again.
    void known.then((words) => {
      if (words === null) known = null;
    });
    return known;
  };
}

/** The words after the marks of the fence that a line is in; null outside of fences. */
function fenceAt(context: CompletionContext): string | null {
  const { doc } = context.state;
  const here = doc.lineAt(context.pos).number;
  let open: { mark: string; info: string } | null = null;
  for (let number = Math.max(1, here - FENCE_LINES); number < here; number += 1) {
    const found = /^[\s>]*(`{3,}|~{3,})\s*(.*)$/u.exec(doc.line(number).text);
    if (!found) continue;
    const [, mark, info] = found as unknown as [string, string, string];
    if (!open) open = { mark, info: info.trim() };
    else if (info.trim() === "" && mark[0] === open.mark[0] && mark.length >= open.mark.length) open = null;
  }
  return open?.info ?? null;
}

async function complete(ask: AskWords, context: CompletionContext): Promise<CompletionResult | null> {
  if (context.state.readOnly) return null;
  const fence = fenceAt(context);
  const rule = fence !== null && /^lintel[-_]rules?\b/iu.test(fence);
  const link = fence === null ? context.matchBefore(/\[\[[^\][\n]{0,80}/u) : null;
  const address = fence === null ? context.matchBefore(/\]\(view:[^)\s]{0,120}/iu) : null;
  const name = context.matchBefore(/^[\s>]*(?:`{3,}|~{3,})\s*lintel[-_]view:?\s+\S{0,120}/iu);
  const word = rule ? context.matchBefore(/[\p{L}\p{N}_-]+/u) : null;
  if (!link && !address && !name && !word && !(rule && context.explicit)) return null;
  const words = await ask();
  if (words === null || context.aborted) return null;
  if (link) {
    const closed = context.state.sliceDoc(context.pos, context.pos + 2) === "]]";
    return {
      from: link.from + 2,
      validFor: /^[^\][\n]*$/u,
      options: words.elements.map((element): Completion => ({
        label: element.name,
        detail: element.inside ? `${element.kind}, ${element.inside}` : element.kind,
        type: "element",
        apply(view, _, from, to) {
          const insert = `${element.link}${closed ? "" : "]]"}`;
          view.dispatch({ changes: { from, to, insert }, selection: { anchor: from + element.link.length + 2 }, userEvent: "input.complete" });
        },
      })),
    };
  }
  if (address || name) {
    const written = (address ?? name)?.text ?? "";
    const from = context.pos - (address ? written.length - written.indexOf(":") - 1 : (/\S*$/u.exec(written)?.[0].length ?? 0));
    return {
      from,
      validFor: /^[^)\s]*$/u,
      options: words.views.map((view): Completion => ({
        label: view.name,
        detail: `${view.title}, ${view.diagram}`,
        type: "view",
        apply: address ? view.name.replaceAll(" ", "%20").replaceAll("(", "%28").replaceAll(")", "%29") : view.name,
      })),
    };
  }
  return {
    from: word?.from ?? context.pos,
    validFor: /^[\p{L}\p{N}_-]*$/u,
    options: words.rules.map(([label, detail]): Completion => ({ label, detail, type: "keyword" })),
  };
}

/** Completion in decisions. */
export function decisions(ask: AskWords): Extension {
  return [
    autocompletion({ override: [(context) => complete(ask, context)], icons: false, tooltipClass: () => "cm-offers", maxRenderedOptions: 60 }),
    keymap.of([
      // While nothing is offered, Tab goes on to indent.
      { key: "Tab", run: acceptCompletion },
      { key: "Ctrl-Space", run: startCompletion },
    ]),
  ];
}

const RULE_WORDS = new Set(
  `no forbid forbids require requires every each all not never uses use has have is are needs reachable from to on for of where in inside
  within kind technology tech protocol context boundary group system scope element elements name relation relations call calls outside and
  must may only`.split(/\s+/),
);

const rule = StreamLanguage.define({
  name: "lintel-rule",
  token(stream) {
    if (stream.eatSpace()) return null;
    if (stream.column() === stream.indentation() && (stream.match("#") || stream.match("//"))) {
      stream.skipToEnd();
      return "comment";
    }
    if (stream.match(/^"[^"]*"?/) || stream.match(/^'[^']*'?/)) return "string";
    if (stream.match(/^(?:>=|<=|>|<)\s*[\d.]+\w*/)) return "string";
    const found = stream.match(/^[^\s"',]+/) as RegExpMatchArray | null;
    if (!found) {
      stream.next();
      return null;
    }
    return RULE_WORDS.has(found[0].toLowerCase()) ? "keyword" : null;
  },
});

/** What decisions have beyond markdown: links to elements, and rules in their fences. */
export const beyondMarkdown: MarkdownExtension[] = [
  {
    defineNodes: [{ name: "ElementLink", style: tags.link }],
    parseInline: [
      {
        name: "ElementLink",
        before: "Link",
        parse(cx, next, pos) {
          if (next !== 91 || cx.char(pos + 1) !== 91) return -1;
          const found = /^\[\[[^\][\n]{1,200}\]\]/u.exec(cx.slice(pos, Math.min(cx.end, pos + 210)));
          return found ? cx.addElement(cx.elt("ElementLink", pos, pos + found[0].length)) : -1;
        },
      },
    ],
  },
  parseCode({ codeParser: (info) => (/^lintel[-_]rules?\b/iu.test(info) ? rule.parser : null) }),
];
