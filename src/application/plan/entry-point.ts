import { PosyError } from "../../errors/posy-error.ts";
import { addLauncher, type ProgramContext } from "./programs.ts";

/** A program that a person asks for. */
export interface EntryPoint {
  readonly name: string;
  readonly module: string;
  readonly attribute: string;
}

const identifier = "[\\p{L}_][\\p{L}\\p{N}_]*";
const dotted = `${identifier}(?:\\.${identifier})*`;
const form = new RegExp(`^([\\p{L}\\p{N}_][\\p{L}\\p{N}_.-]*)=(${dotted}):(${dotted})$`, "u");

/** Reads `NAME=module:function`, as in the entry points of packages. Throws `usage`. */
export function parseEntryPoint(text: string): EntryPoint {
  const [, name, module, attribute] = form.exec(text.replace(/\s*([=:])\s*/g, "$1").trim()) ?? [];
  if (name !== undefined && module !== undefined && attribute !== undefined)
    return { name, module, attribute };
  throw new PosyError("usage", `\`${text}\` is not an entry point`, {
    hint: "write it as `NAME=module:function`: `--entry-point serve=shop.web:main`",
  });
}

/** Adds the launcher of an entry point. */
export function addEntryPoint(entryPoint: EntryPoint, context: ProgramContext): void {
  addLauncher({ ...entryPoint, gui: false }, "posy", context);
}
