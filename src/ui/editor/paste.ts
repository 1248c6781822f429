// What is pasted from Word, a wiki or another page becomes markdown: headings, emphasis, links, lists, tables, code. What has
// no counterpart in markdown is left out, its words stay. Nothing of the clipboard's HTML is ever put into a page: it is parsed
// into a document of its own, which runs and fetches nothing.

import { EditorView } from "@codemirror/view";

/** Pastes HTML as markdown where it says more than the plain text beside it does. */
export function pastingMarkdown(): ReturnType<typeof EditorView.domEventHandlers> {
  let plainly = false;
  return EditorView.domEventHandlers({
    keydown(event) {
      // Ctrl+Shift+V is for the text as it is.
      plainly = event.shiftKey && event.key.toLowerCase() === "v";
    },
    paste(event, view) {
      const html = plainly ? "" : (event.clipboardData?.getData("text/html") ?? "");
      const plain = event.clipboardData?.getData("text/plain") ?? "";
      if (view.state.readOnly || html === "" || isCode(html)) return false;
      const text = markdownOf(html);
      if (text === "" || text === plain.trim()) return false;
      event.preventDefault();
      const line = view.state.doc.lineAt(view.state.selection.main.from);
      const block = text.includes("\n") && line.text.slice(0, view.state.selection.main.from - line.from).trim() !== "";
      view.dispatch(view.state.replaceSelection(block ? `\n\n${text}\n` : text), { scrollIntoView: true, userEvent: "input.paste" });
      return true;
    },
  });
}

/** Editors of code say their colours in HTML; what they mean is the plain text. */
function isCode(html: string): boolean {
  return /<meta[^>]+vscode|data-vscode|class="?(?:CodeMirror|cm-line|monaco)/i.test(html) || /^\s*(?:<meta[^>]*>)?\s*<div style="[^"]*font-family:[^"]*mono/i.test(html);
}

/** HTML as markdown. */
export function markdownOf(html: string): string {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  for (const gone of parsed.querySelectorAll("script, style, head, meta, link, title, noscript, template, svg, iframe, object, o\\:p")) gone.remove();
  return tidy(blocks(parsed.body, 0));
}

const BLOCKS = new Set(
  "ADDRESS ARTICLE ASIDE BLOCKQUOTE BODY DD DETAILS DIV DL DT FIGCAPTION FIGURE FOOTER FORM H1 H2 H3 H4 H5 H6 HEADER HR LI MAIN NAV OL P PRE SECTION SUMMARY TABLE TBODY TD TFOOT TH THEAD TR UL".split(" "),
);

const tidy = (text: string): string =>
  text
    .split("\n")
    .map((line) => line.replace(/[ \t]+$/, ""))
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();

/** The children of an element as blocks with blank lines between. */
function blocks(parent: Node, depth: number): string {
  if (depth > 60) return (parent.textContent ?? "").trim();
  const parts: string[] = [];
  let line = "";
  const end = (): void => {
    if (line.trim() !== "") parts.push(led(line.trim().replace(/ *\n */g, "\n")));
    line = "";
  };
  for (let at = 0; at < parent.childNodes.length; at++) {
    const node = parent.childNodes[at];
    if (!node) break;
    if (node instanceof Element && isBlock(node)) {
      end();
      // Word writes lists as paragraphs that only look like items.
      if (wordLevel(node) > 0) {
        const run: Element[] = [];
        while (at < parent.childNodes.length) {
          const next = parent.childNodes[at];
          if (!next) break;
          if (next instanceof Element && wordLevel(next) > 0) run.push(next);
          else if (next instanceof Element || (next.textContent ?? "").trim() !== "") break;
          at++;
        }
        at--;
        parts.push(run.map((item) => wordItem(item, depth)).join("\n"));
        continue;
      }
      const said = block(node, depth + 1);
      if (said.trim() !== "") parts.push(said);
    } else {
      line += inline(node, depth + 1);
    }
  }
  end();
  return parts.join("\n\n");
}

const isBlock = (element: Element): boolean =>
  BLOCKS.has(element.tagName) || (element.tagName !== "A" && [...element.children].some((child) => BLOCKS.has(child.tagName)));

function block(element: Element, depth: number): string {
  switch (element.tagName) {
    case "H1":
    case "H2":
    case "H3":
    case "H4":
    case "H5":
    case "H6": {
      const words = one(element, depth).replace(/\*\*/g, "");
      return words === "" ? "" : `${"#".repeat(Number(element.tagName[1]))} ${words}`;
    }
    case "P":
    case "ADDRESS":
    case "DT":
    case "DD":
    case "FIGCAPTION":
    case "SUMMARY":
      return [...element.children].some(isBlock) ? blocks(element, depth) : led(lines(element, depth));
    case "BLOCKQUOTE":
      return blocks(element, depth).replace(/^/gm, "> ").replace(/^> $/gm, ">");
    case "HR":
      return "---";
    case "PRE":
      return fenced(element);
    case "UL":
    case "OL":
      return list(element, depth);
    case "TABLE":
      return table(element, depth);
    default:
      return blocks(element, depth);
  }
}

function fenced(element: Element): string {
  const code = (element.textContent ?? "").replace(/\n+$/, "");
  const language = /(?:language|lang|brush:)[-: ]?([\w+#-]+)/.exec(`${element.className} ${element.querySelector("code")?.className ?? ""}`)?.[1] ?? "";
  const longest = Math.max(2, ...[...code.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${code}\n${fence}`;
}

function list(element: Element, depth: number): string {
  const ordered = element.tagName === "OL";
  let number = Number(element.getAttribute("start") ?? 1) || 1;
  const items: string[] = [];
  for (const item of element.children) {
    if (item.tagName === "UL" || item.tagName === "OL") {
      // A list within a list without an item around it belongs to the item before.
      items.push(indented(list(item, depth + 1), 2));
      continue;
    }
    if (item.tagName !== "LI") continue;
    const mark = ordered ? `${number++}. ` : "* ";
    const box = item.querySelector(":scope > input[type=checkbox], :scope > label > input[type=checkbox], :scope > p > input[type=checkbox]");
    const done = box instanceof HTMLInputElement ? (box.checked || box.hasAttribute("checked") ? "[x] " : "[ ] ") : "";
    const words = blocks(item, depth + 1).replace(/\n\n(?=(?: *)(?:[*+-]|\d+\.) )/g, "\n");
    if (words.trim() !== "") items.push(mark + done + indented(words, mark.length).trimStart());
  }
  return items.join("\n");
}

const indented = (text: string, by: number): string => text.replace(/^(?=.)/gm, " ".repeat(by));

/** How deep in a list Word means a paragraph to be; 0 for none. */
function wordLevel(element: Element): number {
  const style = element.getAttribute("style") ?? "";
  const level = /mso-list:[^;"]*level(\d+)/i.exec(style);
  if (level) return Number(level[1]);
  return /MsoListParagraph/i.test(element.className) && /mso-list/i.test(style) ? 1 : 0;
}

function wordItem(element: Element, depth: number): string {
  const copy = element.cloneNode(true) as Element;
  let mark = "";
  for (const ignored of copy.querySelectorAll("[style*='mso-list:Ignore'], [style*='mso-list: Ignore']")) {
    mark += ignored.textContent ?? "";
    ignored.remove();
  }
  // Without its conditional comments the mark stands in the text.
  const words = one(copy, depth + 1).replace(/^(?:[·•o§▪–]|\\?\*)\s+/, "");
  const number = /^\s*(\d+)[.)]/.exec(mark);
  return `${"  ".repeat(Math.max(0, wordLevel(element) - 1))}${number ? `${number[1]}. ` : "* "}${words}`;
}

function table(element: Element, depth: number): string {
  const rows = [...element.querySelectorAll("tr")].filter((row) => row.closest("table") === element);
  const cells = rows.map((row) =>
    [...row.children].filter((cell) => cell.tagName === "TD" || cell.tagName === "TH").map((cell) => one(cell, depth + 1).replace(/\|/g, "\\|")),
  );
  const width = Math.max(0, ...cells.map((row) => row.length));
  if (width === 0) return "";
  // Pages are laid out with tables of one cell.
  const only = rows[0]?.children[0];
  if (width === 1 && cells.length === 1 && only) return blocks(only, depth + 1);
  const [head, ...rest] = cells.map((row) => `| ${[...row, ...Array<string>(width - row.length).fill("")].join(" | ")} |`);
  return [head, `|${" --- |".repeat(width)}`, ...rest].join("\n");
}

/** Words on one line. */
const one = (element: Element, depth: number): string => lines(element, depth).replace(/\\?\n+/g, " ").trim();

function lines(element: Element, depth: number): string {
  let text = "";
  for (const node of element.childNodes) text += isBlockNode(node) ? `\n${lines(node as Element, depth + 1)}\n` : inline(node, depth + 1);
  return text.replace(/[ \t]*\n[ \t]*/g, "\n").replace(/\n{2,}/g, "\n").replace(/[ \t]{2,}/g, " ").trim();
}

const isBlockNode = (node: Node): boolean => node instanceof Element && isBlock(node);

function inline(node: Node, depth: number): string {
  if (depth > 120) return node.textContent ?? "";
  if (node.nodeType === Node.TEXT_NODE) return escaped((node.textContent ?? "").replace(/[\s\u00a0]+/g, " "));
  if (!(node instanceof Element)) return "";
  const inner = (): string => [...node.childNodes].map((child) => inline(child, depth + 1)).join("");
  switch (node.tagName) {
    case "BR":
      return "\n";
    case "IMG": {
      const words = node.getAttribute("alt")?.trim() ?? "";
      const source = address(node.getAttribute("src"));
      return source && words ? `![${words.replace(/[[\]]/g, "")}](${source})` : words;
    }
    case "A": {
      const target = address(node.getAttribute("href"));
      const words = inner().trim();
      if (words === "") return "";
      return target ? `[${words.replace(/\n/g, " ")}](${target})` : inner();
    }
    case "CODE":
    case "KBD":
    case "SAMP":
    case "TT": {
      const code = (node.textContent ?? "").replace(/\s+/g, " ");
      if (code.trim() === "") return code;
      const ticks = code.includes("`") ? "``" : "`";
      const pad = code.startsWith("`") || code.endsWith("`") ? " " : "";
      return ticks + pad + code + pad + ticks;
    }
    case "INPUT":
      return "";
    default: {
      const { bold, italic, struck } = looks(node);
      let text = inner();
      if (struck) text = around(text, "~~");
      if (italic) text = around(text, "*");
      if (bold) text = around(text, "**");
      return text;
    }
  }
}

function looks(element: Element): { bold: boolean; italic: boolean; struck: boolean } {
  const style = element.getAttribute("style") ?? "";
  // Google's documents are wrapped in a bold element that is not.
  const plain = /font-weight:\s*(?:normal|400)/i.test(style);
  return {
    bold: !plain && (/^(?:B|STRONG)$/.test(element.tagName) || /font-weight:\s*(?:bold|[6-9]00)/i.test(style)),
    italic: (/^(?:I|EM|CITE|DFN)$/.test(element.tagName) && !/font-style:\s*normal/i.test(style)) || /font-style:\s*italic/i.test(style),
    struck: /^(?:S|DEL|STRIKE)$/.test(element.tagName) || /text-decoration[^;]*line-through/i.test(style),
  };
}

/** Marks around words, with blanks outside of them. */
function around(text: string, mark: string): string {
  const found = /^(\s*)([\s\S]*?)(\s*)$/.exec(text);
  const [, before = "", words = "", after = ""] = found ?? [];
  if (words === "" || words.includes("\n\n") || words.startsWith(mark)) return text;
  return before + mark + words + mark + after;
}

/** Characters that would mean something in markdown and mean themselves on the page. */
const escaped = (text: string): string =>
  text
    .replace(/[\\`*_<]/g, (found) => `\\${found}`)
    .replace(/(\w)\\_(?=\w)/g, "$1_")
    .replace(/\]\(/g, "\\](");

/** Words of a paragraph whose beginning would make it something else. */
const led = (text: string): string => text.replace(/^(#{1,6}|>|[-+=]+)(?=\s)/gm, "\\$1").replace(/^(\d+)([.)])(?=\s)/gm, "$1\\$2");

/** An address that may stand in a record: of the web, of mail, or within the project. */
function address(written: string | null): string {
  const target = (written ?? "").trim();
  if (target === "" || target.startsWith("#") || /^(?!https?:|mailto:)[a-z][a-z0-9+.-]*:/i.test(target.replace(/[\s\u0000-\u001f]/g, ""))) return "";
  return target.replace(/[()<>\s]/g, (found) => encodeURIComponent(found).replace("(", "%28").replace(")", "%29"));
}
