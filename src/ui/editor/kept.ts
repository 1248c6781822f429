// Words that the server did not take, because the decision they were typed into had been made by then. They are kept on this
// device and offered to their author until they are put somewhere or thrown away.

import type { EditorView, Panel } from "@codemirror/view";

const PREFIX = "lintel-kept-";

const name = (user: string, document: string): string => `${PREFIX}${user}-${document}`;

/** Keeps a text; false when the device has no room, and the text must not be let go. */
export function keep(user: string, document: string, text: string): boolean {
  try {
    localStorage.setItem(name(user, document), JSON.stringify({ text }));
    return true;
  } catch {
    return false;
  }
}

/** The text that was kept, if any. */
export function kept(user: string, document: string): string | null {
  try {
    const found = localStorage.getItem(name(user, document));
    const { text } = JSON.parse(found ?? "{}") as { text?: unknown };
    return typeof text === "string" ? text : null;
  } catch {
    return null;
  }
}

export function letGo(user: string, document: string): void {
  try {
    localStorage.removeItem(name(user, document));
  } catch {
    // Then there is nothing kept either.
  }
}

/** Removes everything that is kept on this device; part of signing out. */
export function letAllGo(): void {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
  } catch {
    // As above.
  }
}

/** The lines of a text that another one has not, in order. */
export function own(text: string, other: string): string {
  const there = new Map<string, number>();
  for (const line of other.split("\n")) there.set(line, (there.get(line) ?? 0) + 1);
  const lines = text.split("\n").filter((line) => {
    const left = there.get(line) ?? 0;
    if (left > 0) there.set(line, left - 1);
    return left === 0 && line.trim() !== "";
  });
  return lines.join("\n");
}

/** A panel above the editor that gives the words back. */
export function panel(words: string, done: () => void): (view: EditorView) => Panel {
  return () => {
    const dom = document.createElement("div");
    dom.className = "kept";
    dom.setAttribute("role", "alert");
    const said = document.createElement("p");
    said.textContent = "The decision was made while you typed, so these words of yours were not saved. Put them into an erratum or a new decision; a status is changed by its menu.";
    const area = document.createElement("textarea");
    area.className = "textarea mono";
    area.readOnly = true;
    area.value = words;
    area.rows = Math.min(8, words.split("\n").length + 1);
    area.setAttribute("aria-label", "Words that were not saved");
    const copy = button("Copy", () => {
      area.select();
      void navigator.clipboard.writeText(words).then(
        () => (copy.textContent = "Copied"),
        () => (copy.textContent = "Copy by hand"),
      );
    });
    const row = document.createElement("div");
    row.className = "row";
    row.append(copy, button("Discard", done));
    dom.append(said, area, row);
    return { dom, top: true };
  };
}

function button(words: string, press: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn--sm";
  made.textContent = words;
  made.addEventListener("click", press);
  return made;
}
