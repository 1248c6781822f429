// Other people's carets and selections in the text, and the list of who is here.
//
// Carets are drawn with the style sheet's classes only: the content security policy forbids style attributes.

import { type Extension, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, ViewPlugin, type ViewUpdate, WidgetType } from "@codemirror/view";
import type { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";

export interface Somebody {
  id: string;
  name: string;
  /** 1 to 6, by order of joining. */
  colour: number;
  self: boolean;
}

interface Cursor {
  anchor: unknown;
  head: unknown;
}

interface AwarenessState {
  user?: { id?: string; name?: string; colour?: number };
  cursor?: Cursor | null;
  canvas?: { view?: string; x?: number | null; y?: number | null; selected?: string[] } | null;
}

/** Somebody else on the canvas. */
export interface Peer {
  name: string;
  colour: number;
  view: string;
  x: number | null;
  y: number | null;
  selected: string[];
}

/** Everybody else who is on the canvas, in a steady order. What others send is checked: it is drawn. */
export function peers(awareness: Awareness): Peer[] {
  const states = [...(awareness.getStates() as Map<number, AwarenessState>)].sort(([a], [b]) => a - b);
  return states.flatMap(([client, { user, canvas }]) => {
    if (client === awareness.clientID || !canvas || typeof canvas.view !== "string") return [];
    const number = (value: unknown): number | null => (typeof value === "number" && Number.isFinite(value) ? Math.round(value) : null);
    const selected = Array.isArray(canvas.selected) ? canvas.selected.filter((key) => typeof key === "string").slice(0, 50) : [];
    const colour = Math.min(6, Math.max(1, Math.round(Number(user?.colour ?? 1)) || 1));
    return [{ name: String(user?.name ?? ""), colour, view: canvas.view, x: number(canvas.x), y: number(canvas.y), selected }];
  });
}

/** A caret's name shows for this long after its owner typed. */
const NAME_MS = 2000;

class Caret extends WidgetType {
  constructor(
    private readonly name: string,
    private readonly colour: number,
    private readonly named: boolean,
    private readonly below: boolean,
  ) {
    super();
  }

  override eq(other: Caret): boolean {
    return other.name === this.name && other.colour === this.colour && other.named === this.named && other.below === this.below;
  }

  override toDOM(): HTMLElement {
    const caret = document.createElement("span");
    caret.className = `caret caret--${this.colour}${this.below ? " caret--below" : ""}${this.named ? " is-named" : ""}`;
    caret.dataset.name = this.name;
    caret.setAttribute("aria-hidden", "true");
    return caret;
  }

  override updateDOM(dom: HTMLElement): boolean {
    dom.className = `caret caret--${this.colour}${this.below ? " caret--below" : ""}${this.named ? " is-named" : ""}`;
    dom.dataset.name = this.name;
    return true;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

const redraw = StateEffect.define<DecorationSet>();

const drawn = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(value, transaction) {
    for (const effect of transaction.effects) if (effect.is(redraw)) return effect.value;
    return value.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** Everybody here, one entry a person, oneself first. */
export function people(awareness: Awareness): Somebody[] {
  const found = new Map<string, Somebody>();
  const states = [...awareness.getStates()].sort(([a], [b]) => (a === awareness.clientID ? -1 : b === awareness.clientID ? 1 : a - b));
  for (const [client, state] of states as [number, AwarenessState][]) {
    const user = state.user;
    if (!user?.id || found.has(user.id)) continue;
    found.set(user.id, { id: user.id, name: user.name ?? "", colour: user.colour ?? 1, self: client === awareness.clientID });
  }
  return [...found.values()];
}

export function presence(text: Y.Text, awareness: Awareness): Extension {
  const plugin = ViewPlugin.fromClass(
    class {
      private readonly typedAt = new Map<number, { head: string; at: number }>();
      private timer = 0;

      constructor(private readonly view: EditorView) {
        awareness.on("change", this.onChange);
        this.share();
      }

      update(update: ViewUpdate): void {
        if (update.selectionSet || update.focusChanged || update.docChanged) this.share();
        if (update.docChanged) this.schedule(0);
      }

      destroy(): void {
        awareness.off("change", this.onChange);
        clearTimeout(this.timer);
      }

      private readonly onChange = (): void => this.schedule(0);

      private schedule(delay: number): void {
        clearTimeout(this.timer);
        this.timer = window.setTimeout(() => this.draw(), delay);
      }

      /** Tells the others where this caret is; positions survive other people's edits. */
      private share(): void {
        const selection = this.view.state.selection.main;
        const state = awareness.getLocalState() as AwarenessState | null;
        if (state === null) return;
        if (!this.view.hasFocus) return;
        const anchor = Y.createRelativePositionFromTypeIndex(text, selection.anchor);
        const head = Y.createRelativePositionFromTypeIndex(text, selection.head);
        const before = state.cursor;
        if (
          before &&
          Y.compareRelativePositions(Y.createRelativePositionFromJSON(before.anchor), anchor) &&
          Y.compareRelativePositions(Y.createRelativePositionFromJSON(before.head), head)
        ) {
          return;
        }
        awareness.setLocalStateField("cursor", { anchor, head });
      }

      private draw(): void {
        const now = Date.now();
        const length = this.view.state.doc.length;
        const found: { from: number; to: number; decoration: Decoration }[] = [];
        let again = 0;
        for (const [client, state] of awareness.getStates() as Map<number, AwarenessState>) {
          if (client === awareness.clientID || !state.cursor || !text.doc) continue;
          const anchor = Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(state.cursor.anchor), text.doc);
          const head = Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(state.cursor.head), text.doc);
          if (!anchor || !head || anchor.type !== text || head.type !== text) continue;
          const at = Math.min(head.index, length);
          const from = Math.min(at, anchor.index);
          const to = Math.min(Math.max(at, anchor.index), length);
          const colour = Math.min(6, Math.max(1, state.user?.colour ?? 1));
          const key = JSON.stringify(state.cursor.head);
          const seen = this.typedAt.get(client);
          if (seen?.head !== key) this.typedAt.set(client, { head: key, at: now });
          const left = NAME_MS - (now - (this.typedAt.get(client)?.at ?? now));
          if (left > 0) again = Math.max(again, left);
          if (to > from) found.push({ from, to, decoration: Decoration.mark({ class: `rsel rsel--${colour}` }) });
          const below = this.view.state.doc.lineAt(at).number === 1;
          const widget = new Caret(state.user?.name ?? "", colour, left > 0, below);
          found.push({ from: at, to: at, decoration: Decoration.widget({ widget, side: 1 }) });
        }
        const set = Decoration.set(found.map(({ from, to, decoration }) => decoration.range(from, to)), true);
        this.view.dispatch({ effects: redraw.of(set) });
        if (again > 0) this.schedule(again + 20);
      }
    },
  );
  return [drawn, plugin];
}
