// The editor bundle's one door: `mount` puts CodeMirror on a document's shared text into an element.
//
// The page keeps its server-rendered listing until the text has arrived, so that nothing jumps; then the listing's place is
// taken by the editor. What the page needs comes out through callbacks; what it knows goes in through the handle.

import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, indentOnInput, indentUnit } from "@codemirror/language";
import { lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState } from "@codemirror/state";
import {
  EditorView,
  crosshairCursor,
  drawSelection,
  dropCursor,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  rectangularSelection,
  showPanel,
} from "@codemirror/view";
import { yCollab, yUndoManagerKeymap } from "y-codemirror.next";
import { IndexeddbPersistence } from "y-indexeddb";
import * as Y from "yjs";

import { asking, assist, pasting } from "./assist";
import { askingWords, decisions } from "./decisions";
import { Connection, type SaveState } from "./connection";
import { keep, kept, letAllGo, letGo, own, panel } from "./kept";
import { language } from "./languages";
import { pastingMarkdown } from "./paste";
import { Rules } from "./rules";
import { type Somebody, peers, people, presence } from "./presence";

export interface Options {
  /** The document's id. */
  document: string;
  kind: "diagram" | "decision";
  readOnly: boolean;
  /** Of the page's content security policy, for the editor's own style sheet. */
  nonce: string;
  user: { id: string; name: string };
  /** Names the text for assistive technology. */
  label?: string;
  onText(text: string): void;
  onSave(state: SaveState, pending: number): void;
  onPresence(people: Somebody[]): void;
  onCursor(line: number, column: number, offset: number): void;
  onReadOnly?(reason: string): void;
  /** Places that people gave to elements: `view/element`, x, y; as JSON. */
  onPins(pins: string): void;
  /** Whether there is something of one's own to undo, and to do again. */
  onHistory(undo: boolean, redo: boolean): void;
  /** Others on the canvas, as JSON: `[{name, colour, view, x, y, selected}]`. */
  onPeers(peers: string): void;
  /** What the rules say of the text, as JSON: notes of findings. */
  onRules?(notes: string): void;
}

/** A replacement in the text, in UTF-16 offsets of the text as it is. */
export interface Change {
  from: number;
  to: number;
  insert: string;
}

export interface Mark {
  from: number;
  to: number;
  level: "error" | "warning" | "note";
  message: string;
}

export interface Handle {
  setDiagnostics(items: Mark[]): void;
  reveal(from: number, to: number): void;
  focus(): void;
  /** Keeps the text from being typed in, or no longer. */
  lock(locked: boolean): void;
  insert(text: string): void;
  /** Makes changes as one step that can be undone as one. */
  apply(changes: Change[]): void;
  /** Sets places, or takes them away where there is no x; one step. */
  place(pins: [string, number | null, number | null][]): void;
  undo(): void;
  redo(): void;
  /** Tells others where one points on the canvas, and what is selected there. */
  point(view: string, x: number | null, y: number | null, selected: string[]): void;
  text(): string;
  retry(): void;
  destroy(): void;
}

const PREFIX = "lintel-";

/** Marks changes of the document that come from the canvas. */
const CANVAS = "canvas";

/** How long to wait for the copy on this device before going on without it. */
const OFFLINE_COPY_MS = 1000;

/** Removes every offline copy from this device; part of signing out. */
export async function forget(): Promise<void> {
  letAllGo();
  const databases = (await indexedDB.databases?.()) ?? [];
  for (const { name } of databases) if (name?.startsWith(PREFIX)) indexedDB.deleteDatabase(name);
}

async function offlineCopy(name: string, doc: Y.Doc): Promise<IndexeddbPersistence | null> {
  if (typeof indexedDB === "undefined") return null;
  try {
    const copy = new IndexeddbPersistence(name, doc);
    await Promise.race([copy.whenSynced, new Promise((done) => setTimeout(done, OFFLINE_COPY_MS))]);
    return copy;
  } catch {
    return null;
  }
}

export async function mount(parent: HTMLElement, options: Options): Promise<Handle> {
  const doc = new Y.Doc();
  const text = doc.getText("text");
  const copy = options.readOnly ? null : await offlineCopy(`${PREFIX}${options.user.id}-${options.document}`, doc);

  const readOnly = new Compartment();
  const keptPanel = new Compartment();
  const locked = [EditorState.readOnly.of(true), EditorView.editable.of(false)];
  let view: EditorView | null = null;
  let refused = options.readOnly;
  let arrived: () => void = () => {};
  const synced = new Promise<void>((done) => {
    arrived = done;
  });

  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const connection = new Connection(doc, `${scheme}://${location.host}/collab/${options.document}`, !options.readOnly, copy, {
    onSave: options.onSave,
    onSynced: () => arrived(),
    onLocked: () => {
      // What is here has grown apart from what is kept: its words are put aside before it is let go.
      if (!keep(options.user.id, options.document, text.toString())) {
        options.onReadOnly?.("The decision was made while you typed. Copy your words from here, then load the page again.");
        return;
      }
      void Promise.resolve(copy?.clearData()).finally(() => location.reload());
    },
    onReadOnly: (reason) => {
      refused = true;
      view?.dispatch({ effects: readOnly.reconfigure(locked) });
      options.onReadOnly?.(reason);
    },
  });
  connection.awareness.setLocalState({ user: { id: options.user.id, name: options.user.name } });
  const tellPresence = (): void => options.onPresence(people(connection.awareness));
  connection.awareness.on("change", tellPresence);

  // A copy on this device can be worked on at once; without one the text has to arrive first.
  if (text.length === 0) await synced;

  const pins = doc.getMap<[number, number]>("pins");
  const undoManager = new Y.UndoManager([text, pins], { captureTimeout: 400, trackedOrigins: new Set([CANVAS]) });
  const tellHistory = (): void => options.onHistory(undoManager.undoStack.length > 0, undoManager.redoStack.length > 0);
  for (const event of ["stack-item-added", "stack-item-popped", "stack-cleared"] as const) undoManager.on(event, tellHistory);
  const tellPins = (): void =>
    options.onPins(JSON.stringify([...pins.entries()].filter(([, at]) => Array.isArray(at)).map(([key, [x, y]]) => [key, x, y])));
  pins.observe(tellPins);
  connection.awareness.on("change", () => options.onPeers(JSON.stringify(peers(connection.awareness))));
  let told = "";
  const tellText = (): void => {
    const now = text.toString();
    if (now !== told) {
      told = now;
      options.onText(now);
    }
  };

  /** Makes one step of the undo history. */
  const once = (act: () => void): void => {
    undoManager.stopCapturing();
    act();
    undoManager.stopCapturing();
  };

  const place = (list: [string, number | null, number | null][]): void =>
    once(() =>
      doc.transact(() => {
        for (const [key, x, y] of list) {
          if (x === null || y === null) pins.delete(key);
          else pins.set(key, [Math.round(x), Math.round(y)]);
        }
      }, CANVAS),
    );

  const rules = options.kind === "diagram" ? new Rules(options.document, (notes) => options.onRules?.(notes)) : null;

  view = new EditorView({
    state: EditorState.create({
      doc: text.toString(),
      extensions: [
        EditorView.cspNonce.of(options.nonce),
        lineNumbers(),
        highlightActiveLineGutter(),
        highlightActiveLine(),
        highlightSpecialChars(),
        drawSelection(),
        dropCursor(),
        rectangularSelection(),
        crosshairCursor(),
        EditorState.allowMultipleSelections.of(true),
        EditorState.tabSize.of(4),
        indentUnit.of(options.kind === "diagram" ? "    " : "  "),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        highlightSelectionMatches(),
        options.kind === "decision" ? EditorView.lineWrapping : [],
        language(options.kind),
        options.kind === "decision" ? [pastingMarkdown(), keptPanel.of([])] : [],
        options.kind === "diagram" ? [pasting(once, place), assist(asking(options.document), once)] : decisions(askingWords(options.document)),
        yCollab(text, null, { undoManager }),
        presence(text, connection.awareness),
        rules?.extension ?? [],
        readOnly.of(options.readOnly ? locked : []),
        EditorView.contentAttributes.of({ "aria-label": options.label ?? "Source", tabindex: "0" }),
        // Escape leaves the editor for the keyboard: afterwards Tab moves on instead of indenting.
        keymap.of([...yUndoManagerKeymap, ...closeBracketsKeymap, ...searchKeymap, ...lintKeymap, ...defaultKeymap, indentWithTab]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) tellText();
          if (update.docChanged || update.selectionSet) {
            const head = update.state.selection.main.head;
            const line = update.state.doc.lineAt(head);
            options.onCursor(line.number, head - line.from + 1, head);
          }
        }),
      ],
    }),
  });
  parent.replaceChildren(view.dom);
  parent.dataset.ready = "";
  tellText();
  tellPins();
  tellHistory();
  tellPresence();

  const editor = view;
  const aside = options.kind === "decision" ? kept(options.user.id, options.document) : null;
  const words = aside === null ? "" : own(aside, text.toString());
  if (words !== "") {
    const done = (): void => {
      letGo(options.user.id, options.document);
      editor.dispatch({ effects: keptPanel.reconfigure([]) });
    };
    editor.dispatch({ effects: keptPanel.reconfigure(showPanel.of(panel(words, done))) });
  } else if (aside !== null) {
    letGo(options.user.id, options.document);
  }
  rules?.start(editor);
  const handle: Handle = {
    setDiagnostics(items) {
      const length = editor.state.doc.length;
      const diagnostics = items.map(({ from, to, level, message }) => ({
        from: Math.min(from, length),
        to: Math.min(Math.max(to, from), length),
        severity: level === "note" ? ("info" as const) : level,
        message,
      }));
      editor.dispatch(setDiagnostics(editor.state, diagnostics));
    },
    reveal(from, to) {
      const length = editor.state.doc.length;
      const selection = { anchor: Math.min(from, length), head: Math.min(to, length) };
      editor.dispatch({ selection, effects: EditorView.scrollIntoView(selection.anchor, { y: "center" }) });
    },
    focus() {
      editor.focus();
    },
    lock(on) {
      editor.dispatch({ effects: readOnly.reconfigure(on || refused ? locked : []) });
    },
    insert(inserted) {
      if (editor.state.readOnly) return;
      editor.dispatch(editor.state.replaceSelection(inserted));
      editor.focus();
    },
    apply(changes) {
      if (editor.state.readOnly || changes.length === 0) return;
      once(() => editor.dispatch({ changes, userEvent: "input.canvas" }));
    },
    place(list) {
      if (!editor.state.readOnly) place(list);
    },
    undo() {
      undoManager.undo();
    },
    redo() {
      undoManager.redo();
    },
    point(view, x, y, selected) {
      if (connection.awareness.getLocalState() === null) return;
      connection.awareness.setLocalStateField("canvas", { view, x, y, selected });
    },
    text: () => text.toString(),
    retry() {
      connection.retryNow();
    },
    destroy() {
      connection.destroy();
      rules?.destroy();
      editor.destroy();
      undoManager.destroy();
      void copy?.destroy();
      doc.destroy();
    },
  };
  // An address may name a line, as the listing that was here had it.
  const asked = Number(/^#L([1-9]\d{0,6})$/.exec(location.hash)?.[1] ?? 0);
  if (asked > 0) {
    const line = editor.state.doc.line(Math.min(asked, editor.state.doc.lines));
    handle.reveal(line.from, line.to);
  }
  return handle;
}
