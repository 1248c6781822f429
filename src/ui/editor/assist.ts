// What the editor of a diagram helps with: completing, explaining, going to a definition, renaming, laying out.
//
// The knowledge is the server's (`domain::syntax::assist`); here are keys, pointers and what people see. Questions carry the text
// as it is and UTF-16 offsets in it. An answer that comes after the text has changed, or does not fit it, is passed over.

import { type CompletionContext, type CompletionResult, acceptCompletion, autocompletion, completionStatus } from "@codemirror/autocomplete";
import { type ChangeSpec, type EditorState, type Extension, StateEffect, StateField } from "@codemirror/state";
import {
  EditorView,
  type Panel,
  type Tooltip,
  type TooltipView,
  closeHoverTooltips,
  hoverTooltip,
  keymap,
  showPanel,
  showTooltip,
} from "@codemirror/view";

/** Asks the server about the text; null where there is nothing to say, or no answer. */
export type Ask = (text: string, question: Record<string, unknown>) => Promise<string | null>;

/** Asks about documents of the server, `POST /fn/assist`. */
export function asking(document: string): Ask {
  return async (text, question) => {
    try {
      const answer = await fetch("/fn/assist", {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        body: JSON.stringify({ document, text, question }),
      });
      return answer.ok ? ((await answer.json()) as string | null) : null;
    } catch {
      return null;
    }
  };
}

interface Range {
  from: number;
  to: number;
}

interface Item extends Range {
  label: string;
  detail: string;
  kind: string;
  insert: string;
}

interface Explained extends Range {
  html: string;
}

interface Definition extends Range {
  file: string | null;
}

interface Renamable extends Range {
  what: "identifier" | "name";
  current: string;
}

interface Replacement extends Range {
  insert: string;
}

/** Enough of a word, or an arrow, to offer something without being asked. */
const WORTH_OFFERING = /[\p{L}\p{N}_!.]|->[ \t]+/u;

/** The answer to a question about the editor's text; asked again when the text has changed meanwhile, null when it keeps changing. */
async function read<T>(ask: Ask, state: EditorState, view: EditorView | null, question: Record<string, unknown>): Promise<T | null> {
  let asked = state;
  for (let tries = 0; tries < 4; tries += 1) {
    const json = await ask(asked.doc.toString(), question);
    if (view && !view.state.doc.eq(asked.doc)) {
      asked = view.state;
      continue;
    }
    try {
      return json === null ? null : (JSON.parse(json) as T);
    } catch {
      return null;
    }
  }
  return null;
}

function fits({ from, to }: Range, state: EditorState): boolean {
  return Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= state.doc.length;
}

/** A range of the document itself, or null. */
async function ranged<T extends Range>(ask: Ask, view: EditorView, question: Record<string, unknown>): Promise<T | null> {
  const found = await read<T>(ask, view.state, view, question);
  return found && fits(found, view.state) ? found : null;
}

function explanation(html: string): HTMLElement {
  const dom = document.createElement("div");
  dom.className = "cm-explain";
  dom.innerHTML = html;
  return dom;
}

function remark(words: string): HTMLElement {
  const dom = document.createElement("div");
  dom.className = "cm-explain";
  dom.textContent = words;
  return dom;
}

/** `once` makes one step of the undo history out of what it does. */
export function assist(ask: Ask, once: (act: () => void) => void): Extension {
  const rename = renaming(ask, once);
  return [
    autocompletion({ override: [(context) => complete(ask, context)], icons: false, tooltipClass: () => "cm-offers" }),
    hover(ask),
    note,
    rename.extension,
    EditorView.domEventHandlers({
      mousedown(event, view) {
        if (event.button !== 0 || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return false;
        const at = view.posAtCoords({ x: event.clientX, y: event.clientY });
        if (at === null) return false;
        event.preventDefault();
        void define(ask, view, at);
        return true;
      },
    }),
    keymap.of([
      // While nothing is offered, Tab goes on to indent.
      { key: "Tab", run: acceptCompletion },
      {
        key: "F12",
        run(view) {
          void define(ask, view, view.state.selection.main.head).then((found) => {
            if (!found) say(view, "There is no definition to go to from here.");
          });
          return true;
        },
      },
      { key: "F2", run: rename.open },
      { key: "Shift-F1", run: (view) => (void explain(ask, view), true) },
      { key: "Shift-Alt-f", run: (view) => (void layOut(ask, once, view), true) },
      // What Option makes of the letter on a Mac.
      { mac: "Alt-Ï", run: (view) => (void layOut(ask, once, view), true) },
      {
        key: "Escape",
        run(view) {
          if (!view.state.field(note, false)) return false;
          view.dispatch({ effects: setNote.of(null) });
          return true;
        },
      },
    ]),
  ];
}

async function complete(ask: Ask, context: CompletionContext): Promise<CompletionResult | null> {
  const { state, pos, explicit } = context;
  if (state.readOnly || (!explicit && !context.matchBefore(WORTH_OFFERING))) return null;
  const found = await read<Item[]>(ask, state, null, { about: "complete", at: pos });
  if (context.aborted) return null;
  const items = (found ?? []).filter((item) => fits(item, state) && item.from <= pos && pos <= item.to);
  const first = items[0];
  if (!first) return null;
  // A word that is there already needs no offer; Enter is to end the line then.
  if (!explicit && state.sliceDoc(first.from, first.to) === first.insert) return null;
  const { from, to } = first;
  return {
    from,
    to,
    // The page has chosen and ordered them.
    filter: false,
    options: items
      .filter((item) => item.from === from && item.to === to)
      .map(({ label, detail, kind, insert }) => ({ label, detail, type: kind, apply: insert })),
  };
}

/** What is shown under the pointer. Wherever the keyboard is, Escape takes it away first. */
export function underPointer(view: EditorView, dom: HTMLElement): TooltipView {
  const close = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    view.dispatch({ effects: closeHoverTooltips });
  };
  return {
    dom,
    mount: () => document.addEventListener("keydown", close, true),
    destroy: () => document.removeEventListener("keydown", close, true),
  };
}

function hover(ask: Ask): Extension {
  return hoverTooltip(
    async (view, pos) => {
      // A pointer that only rests in the text does not talk into the typing, nor into what was asked for.
      const busy = (): boolean => completionStatus(view.state) !== null || Boolean(view.state.field(note, false));
      if (busy()) return null;
      const found = await ranged<Explained>(ask, view, { about: "hover", at: pos });
      // The answer may come after the pointer has left; then nothing would take the explanation away again.
      if (!found || busy() || !view.dom.matches(":hover")) return null;
      return {
        pos: found.from,
        end: found.to,
        above: true,
        create: (view) => underPointer(view, explanation(found.html)),
      };
    },
    { hideOnChange: true },
  );
}

const setNote = StateEffect.define<Tooltip | null>();

/** One thing said at the caret, until the caret or the text changes. */
const note = StateField.define<Tooltip | null>({
  create: () => null,
  update(shown, transaction) {
    const now = transaction.docChanged || transaction.selection ? null : shown;
    return transaction.effects.reduce((last, effect) => (effect.is(setNote) ? effect.value : last), now);
  },
  provide: (field) => showTooltip.from(field),
});

function show(view: EditorView, dom: HTMLElement, at: number): void {
  const note = setNote.of({ pos: at, above: true, create: () => ({ dom }) });
  const effects = [closeHoverTooltips, note, EditorView.announce.of(dom.textContent ?? "")];
  view.dispatch({ effects });
}

function say(view: EditorView, words: string): void {
  show(view, remark(words), view.state.selection.main.head);
}

async function explain(ask: Ask, view: EditorView): Promise<void> {
  const found = await ranged<Explained>(ask, view, { about: "hover", at: view.state.selection.main.head });
  if (found) show(view, explanation(found.html), found.from);
  else say(view, "There is nothing to explain here.");
}

/** Goes to the definition of the name at a place; false where there is none. */
async function define(ask: Ask, view: EditorView, at: number): Promise<boolean> {
  const found = await read<Definition>(ask, view.state, view, { about: "definition", at });
  if (!found) return false;
  if (found.file) {
    view.dispatch({ selection: { anchor: at } });
    say(view, `Defined in ${found.file}.`);
    return true;
  }
  if (!fits(found, view.state)) return false;
  view.dispatch({
    selection: { anchor: found.from },
    effects: [
      EditorView.scrollIntoView(found.from, { y: "nearest", yMargin: 80 }),
      EditorView.announce.of(`Line ${view.state.doc.lineAt(found.from).number}`),
    ],
    userEvent: "select.definition",
  });
  view.focus();
  return true;
}

async function layOut(ask: Ask, once: (act: () => void) => void, view: EditorView): Promise<void> {
  if (view.state.readOnly) return;
  const { from, to } = view.state.selection.main;
  const changes = await read<Replacement[]>(ask, view.state, view, { about: "format", from, to });
  if (!changes) return;
  if (!changes.every((change) => fits(change, view.state))) return;
  if (changes.length === 0) say(view, "The layout is fine already.");
  else once(() => view.dispatch({ changes: changes satisfies ChangeSpec, userEvent: "format" }));
}

/** A name that is being changed; its place follows what others type. */
interface Renaming {
  pos: number;
  what: Renamable["what"];
  current: string;
}

function renaming(ask: Ask, once: (act: () => void) => void): { extension: Extension; open(view: EditorView): boolean } {
  const set = StateEffect.define<Renaming | null>();
  const field = StateField.define<Renaming | null>({
    create: () => null,
    update(value, transaction) {
      const moved = value && transaction.docChanged ? { ...value, pos: transaction.changes.mapPos(value.pos, 1) } : value;
      return transaction.effects.reduce((last, effect) => (effect.is(set) ? effect.value : last), moved);
    },
    provide: (field) => showPanel.from(field, (value) => (value ? panel : null)),
  });

  function close(view: EditorView): void {
    view.dispatch({ effects: set.of(null) });
    view.focus();
  }

  function panel(view: EditorView): Panel {
    const { what, current } = view.state.field(field) ?? { what: "name", current: "" };
    const dom = document.createElement("div");
    dom.className = "cm-rename";
    dom.setAttribute("role", "group");
    dom.setAttribute("aria-label", "Rename");
    const label = document.createElement("label");
    label.className = "cm-rename__label";
    label.append(what === "identifier" ? "New identifier, everywhere" : "New name");
    const input = document.createElement("input");
    input.className = what === "identifier" ? "input mono" : "input";
    input.value = current;
    input.spellcheck = false;
    input.autocomplete = "off";
    label.append(input);
    const button = (words: string, look: string, act: () => void): HTMLButtonElement => {
      const made = document.createElement("button");
      made.type = "button";
      made.className = `btn btn--sm ${look}`;
      made.textContent = words;
      made.addEventListener("click", act);
      return made;
    };
    const reason = document.createElement("p");
    reason.className = "cm-rename__reason";
    reason.setAttribute("role", "alert");
    const submit = async (): Promise<void> => {
      const now = view.state.field(field);
      if (!now || view.state.readOnly) {
        close(view);
        return;
      }
      const answer = await read<{ edits?: Replacement[]; refused?: string }>(ask, view.state, view, { about: "rename", at: now.pos, name: input.value });
      const edits = answer?.edits;
      if (edits?.every((change) => fits(change, view.state))) {
        if (edits.length > 0) once(() => view.dispatch({ changes: edits satisfies ChangeSpec, userEvent: "rename" }));
        close(view);
        return;
      }
      reason.textContent = answer?.refused ?? "The text has changed or the server could not be reached. Try again.";
      input.setAttribute("aria-invalid", "true");
      input.focus();
    };
    dom.append(label, button("Rename", "btn--primary", () => void submit()), button("Cancel", "btn--ghost", () => close(view)), reason);
    dom.addEventListener("keydown", (event) => {
      // Keys in the box are no shortcuts of the page.
      event.stopPropagation();
      if (event.key === "Escape") close(view);
      else if (event.key === "Enter" && event.target === input && !event.isComposing) void submit();
      else return;
      event.preventDefault();
    });
    return {
      dom,
      mount() {
        input.focus();
        input.select();
      },
    };
  }

  return {
    extension: field,
    open(view) {
      if (view.state.readOnly) return false;
      void begin(view);
      return true;
    },
  };

  async function begin(view: EditorView): Promise<void> {
    const head = view.state.selection.main.head;
    const found = await ranged<Renamable>(ask, view, { about: "renamable", at: head });
    const now = view.state.selection.main.head;
    // The caret went elsewhere while the server thought: what counts is where it is.
    if (!found && now !== head) {
      await begin(view);
      return;
    }
    if (!found) {
      say(view, "There is no element's name or identifier here.");
      return;
    }
      // Inside the name, so that text typed beside it does not move the place out of it.
      const pos = Math.min(Math.max(head, found.from), Math.max(found.from, found.to - 1));
      // A panel that is open already speaks of another name.
      if (view.state.field(field)) view.dispatch({ effects: set.of(null) });
      view.dispatch({ effects: [setNote.of(null), set.of({ pos, what: found.what, current: found.current })] });
  }
}

/** What a pasted text is and what it becomes, as `POST /fn/convert` says it. */
interface Recognised {
  format: string;
  text: string;
  pins: Record<string, [number, number]>;
  remarks: string[];
}

/**
 * A diagram text in another format, pasted over everything or into an empty diagram, becomes one that is edited here. What is no
 * such text is pasted as it is.
 */
export function pasting(once: (act: () => void) => void, place: (pins: [string, number, number][]) => void): Extension {
  return EditorView.domEventHandlers({
    paste(event, view) {
      const text = event.clipboardData?.getData("text/plain") ?? "";
      const { state } = view;
      const { from, to } = state.selection.main;
      const everything = state.doc.toString().trim() === "" || (from === 0 && to === state.doc.length);
      if (state.readOnly || !everything || text.trim().length < 8 || /^\s*workspace\b/u.test(text)) return false;
      event.preventDefault();
      void recognise(text).then((found) => {
        const insert = found?.text ?? text;
        once(() => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert }, userEvent: "input.paste" }));
        if (!found) return;
        place(Object.entries(found.pins).map(([name, [x, y]]) => [name, x, y]));
        const remarks = found.remarks.length > 0 ? ` ${found.remarks.slice(0, 12).join(" ")}` : "";
        say(view, `Read as ${found.format}.${remarks}`);
      });
      return true;
    },
  });
}

async function recognise(text: string): Promise<Recognised | null> {
  try {
    const answer = await fetch("/fn/convert", { method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams({ text }) });
    return answer.ok ? ((await answer.json()) as Recognised | null) : null;
  } catch {
    return null;
  }
}
