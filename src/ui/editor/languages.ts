// Highlighting for the two languages people write here. Colours are the style sheet's `.t-…` classes.

import { Language, LanguageSupport, StreamLanguage, defineLanguageFacet, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { tagHighlighter, tags } from "@lezer/highlight";
import { GFM, parser } from "@lezer/markdown";

import { beyondMarkdown } from "./decisions";

const highlighter = tagHighlighter([
  { tag: tags.heading, class: "t-h" },
  { tag: [tags.keyword, tags.definitionKeyword], class: "t-k" },
  { tag: [tags.string, tags.monospace], class: "t-s" },
  { tag: [tags.typeName, tags.attributeName, tags.contentSeparator, tags.labelName], class: "t-t" },
  { tag: [tags.comment, tags.meta, tags.quote], class: "t-c" },
  { tag: [tags.punctuation, tags.processingInstruction, tags.operator], class: "t-p" },
  { tag: [tags.strong, tags.variableName], class: "t-b" },
  { tag: [tags.link, tags.url], class: "t-l" },
]);

const data = defineLanguageFacet({ commentTokens: { block: { open: "<!--", close: "-->" } } });

/** Markdown without embedded HTML: the preview shows HTML as text, so the editor needs no parser for it. */
const markdown = new LanguageSupport(new Language(data, parser.configure([GFM, ...beyondMarkdown]), [], "markdown"));

const STATEMENTS = new Set(
  `workspace model views styles configuration users extends person softwaresystem container component element group archetypes
  deploymentenvironment deploymentnode infrastructurenode softwaresysteminstance containerinstance instanceof deploymentgroup
  systemlandscape systemcontext dynamic deployment filtered custom image include exclude autolayout animation title description
  technology tags url properties perspectives relationship theme themes terminology branding healthcheck default this
  background color colour shape icon border opacity fontsize width height stroke strokewidth thickness routing style position metadata`
    .split(/\s+/),
);

interface DslState {
  block: boolean;
  text: boolean;
}

const structurizr = StreamLanguage.define<DslState>({
  name: "structurizr",
  startState: () => ({ block: false, text: false }),
  languageData: { commentTokens: { line: "//", block: { open: "/*", close: "*/" } }, closeBrackets: { brackets: ["{", '"'] } },
  token(stream, state) {
    if (state.block) {
      if (stream.skipTo("*/")) {
        stream.match("*/");
        state.block = false;
      } else stream.skipToEnd();
      return "comment";
    }
    if (state.text) {
      if (stream.skipTo('"""')) {
        stream.match('"""');
        state.text = false;
      } else stream.skipToEnd();
      return "string";
    }
    if (stream.eatSpace()) return null;
    if (stream.match("/*")) {
      state.block = true;
      return "comment";
    }
    if (stream.match("//") || (stream.match("#", false) && stream.column() === stream.indentation())) {
      stream.skipToEnd();
      return "comment";
    }
    if (stream.match('"""')) {
      state.text = true;
      return "string";
    }
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) return "string";
    if (stream.match(/^-[\w-]*-?\/?>/)) return "operator";
    if (stream.match(/^[{}=]/)) return "punctuation";
    if (stream.match(/^![A-Za-z]+/)) return "keyword";
    const word = stream.match(/^[^\s"{}=]+/) as RegExpMatchArray | null;
    if (!word) {
      stream.next();
      return null;
    }
    return STATEMENTS.has(word[0].toLowerCase()) ? "keyword" : null;
  },
});

export function language(kind: "diagram" | "decision"): Extension {
  return [kind === "diagram" ? structurizr : markdown, syntaxHighlighting(highlighter)];
}
