// The worker that runs the rules while people type: it has the program (`domain::review::live`) and the project that is open.
//
// A message may bring the address of the program, the project, a new text; each is answered with what to show.

import init, { answer, edit, open } from "lintel-rules";

/** What the editor sends. */
export interface Request {
  /** The program's address; in the first message. */
  program?: string;
  /** The project as `POST /fn/opening` gives it. */
  opening?: string;
  text?: string;
  selected: string | null;
  caret: number;
  /** Milliseconds. */
  now: number;
}

let ready: Promise<unknown> = Promise.reject(new Error("there is no program yet"));
ready.catch(() => undefined);

addEventListener("message", ({ data }: MessageEvent<Request>) => {
  if (data.program) ready = init({ module_or_path: data.program });
  ready
    .then(() => {
      if (data.opening !== undefined && !open(data.opening)) throw new Error("the project can't be read");
      if (data.text !== undefined) edit(data.text, data.now);
      postMessage(answer(data.selected ?? undefined, data.caret, data.now));
    })
    .catch(() => postMessage(null));
});
