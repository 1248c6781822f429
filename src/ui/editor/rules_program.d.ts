// The glue of the rules' program, which the build puts in (`xtask/src/site.rs`).

declare module "lintel-rules" {
  export default function init(options: { module_or_path: string }): Promise<unknown>;
  export function open(opening: string): boolean;
  export function edit(text: string, now: number): void;
  export function answer(selected: string | undefined, caret: number | undefined, now: number): string;
}
