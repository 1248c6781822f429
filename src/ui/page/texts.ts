// What the command palette finds in texts: below its own list, while one types. Pages and elements are found by the palette
// itself; this asks the full-text search of the project one is in, or of all projects.

interface Piece {
  text: string;
  found: boolean;
}

interface Result {
  href: string;
  title: Piece[];
  passage: Piece[];
  name: string;
  number: number | null;
  instead: { title: string; number: number | null }[];
}

interface Answer {
  groups: { kind: string; results: Result[] }[];
}

/** How long nothing has to be typed before the server is asked, in milliseconds. */
const REST = 180;
/** Results of one kind. */
const MOST = 4;

let waiting: ReturnType<typeof setTimeout> | undefined;
let newest = 0;

const slug = (): string | undefined => /^\/p\/([^/]+)/.exec(location.pathname)?.[1];

const page = (words: string): string => {
  const here = slug();
  return `${here ? `/p/${here}` : ""}/search?q=${encodeURIComponent(words)}`;
};

function region(palette: Element): HTMLElement {
  const there = palette.querySelector<HTMLElement>(".palette__texts");
  if (there) return there;
  const made = document.createElement("nav");
  made.className = "palette__texts";
  made.setAttribute("aria-label", "Found in texts");
  palette.querySelector(".palette__foot")?.before(made);
  return made;
}

const numbered = (number: number | null): string => (number === null ? "" : `ADR-${String(number).padStart(4, "0")} `);

function pieces(all: Piece[]): Node[] {
  return all.map(({ text, found }) => {
    if (!found) return document.createTextNode(text);
    const mark = document.createElement("mark");
    mark.textContent = text;
    return mark;
  });
}

function row({ href, title, passage, number, instead }: Result): HTMLAnchorElement {
  const link = document.createElement("a");
  link.href = href;
  const name = document.createElement("span");
  name.append(numbered(number), ...pieces(title));
  const more = document.createElement("small");
  const [first] = instead;
  if (first) more.append(`Superseded by ${numbered(first.number)}${first.title}. `);
  more.append(...pieces(passage));
  link.append(name, more);
  return link;
}

async function look(palette: Element, words: string): Promise<void> {
  const number = ++newest;
  const list = region(palette);
  if (words.trim().length < 2) {
    list.replaceChildren();
    return;
  }
  const here = slug();
  let answer: Answer;
  try {
    const sent = await fetch(`/api/v1${here ? `/projects/${here}` : ""}/search?limit=${MOST}&q=${encodeURIComponent(words)}`);
    if (!sent.ok) return;
    answer = (await sent.json()) as Answer;
  } catch {
    // The palette says by itself that the server can't be reached.
    return;
  }
  if (number !== newest) return;
  const all = document.createElement("a");
  all.href = page(words);
  all.textContent = `Search texts for “${words.trim()}”`;
  list.replaceChildren(...answer.groups.flatMap((group) => group.results.map(row)), all);
}

/** Follows what is typed into the palette. */
export function findTexts(): void {
  document.addEventListener("input", (event) => {
    const field = event.target;
    const palette = field instanceof HTMLInputElement ? field.closest("#palette") : null;
    if (!palette) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => void look(palette, (field as HTMLInputElement).value), REST);
  });
  // With nothing of its own to open, Enter leads to the search page.
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.key !== "Enter" || event.isComposing || !(field instanceof HTMLInputElement) || !field.closest("#palette")) return;
    if (document.querySelector("#palette-list [role=option]") || field.value.trim() === "") return;
    event.preventDefault();
    location.assign(page(field.value));
  });
  document.addEventListener(
    "close",
    (event) => {
      if (!(event.target instanceof HTMLDialogElement) || event.target.id !== "palette") return;
      clearTimeout(waiting);
      newest += 1;
      region(event.target).replaceChildren();
    },
    true,
  );
}
