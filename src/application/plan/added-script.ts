import { contentOf, programOf } from "../../forest/envs/index.ts";
import { fileLauncher } from "../../forest/launchers/index.ts";
import { scriptStarter } from "./movable-head.ts";
import { addProgram, type ProgramContext } from "./programs.ts";

/** A script (PEP 723) that becomes a program of an application. */
export interface ApplicationScript {
  /** The name of the program. */
  readonly name: string;
  readonly text: string;
}

/**
 * Adds a script, and the program that starts it. The script stays a file of its own with an unchanged text, so that its
 * `from __future__` lines stay valid and child processes of `multiprocessing` can import it.
 */
export function addedScript({ name, text }: ApplicationScript, context: ProgramContext): void {
  const { layout, launchers, start, addFile } = context;
  const script = `${name}-script.py`;
  const program = `${layout.scripts}/${name}${launchers ? ".exe" : ""}`;
  addFile(`${layout.scripts}/${script}`, "posy", contentOf(text));
  addFile(
    program,
    "posy",
    programOf(() => (launchers ? fileLauncher(launchers, false, "-s") : scriptStarter(start, script))),
  );
  addProgram({ name, path: program, call: undefined, gui: false }, context);
}
