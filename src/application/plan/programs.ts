import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  contentOf,
  launcherText,
  type OwnFile,
  programOf,
  rewrittenScript,
} from "../../forest/envs/index.ts";
import { fileLauncher, type Launchers, scriptNames, zipLauncher } from "../../forest/launchers/index.ts";
import type { LauncherTarget, StoredWheel } from "../../forest/wheels/index.ts";
import type { ApplicationProgram } from "../tree/index.ts";
import type { ApplicationLayout } from "./layout.ts";
import { movableHead, scriptStarter } from "./movable-head.ts";

/** What adding programs needs. */
export interface ProgramContext {
  readonly layout: ApplicationLayout;
  /** The lines of sh that start the interpreter. */
  readonly start: string;
  /** The programs that start scripts on Windows; undefined for other platforms. */
  readonly launchers: Launchers | undefined;
  /** The programs that were added, by their names. */
  readonly programs: Map<string, ApplicationProgram>;
  readonly addFile: (path: string, owner: string, file: OwnFile) => void;
}

/** Adds the entry points and scripts of a wheel. Returns the paths of their files. */
export function addPrograms({ manifest, dir }: StoredWheel, context: ProgramContext): readonly string[] {
  const { layout } = context;
  const owner = manifest.name;
  const paths: string[] = [];
  for (const target of manifest.launchers) paths.push(addLauncher(target, owner, context));
  for (const [script, kind] of Object.entries(manifest.scripts)) {
    const source = join(dir, "scripts", script);
    if (kind === "other") {
      const path = `${layout.scripts}/${script}`;
      context.addFile(path, owner, { kind: "file", source });
      paths.push(path);
      const isProgram = !layout.windows || /\.(exe|bat|cmd)$/i.test(script);
      if (isProgram)
        addProgram(
          { name: script.replace(/\.(exe|bat|cmd)$/i, ""), path, call: undefined, gui: false },
          context,
        );
    } else {
      paths.push(...addScript(script, owner, readFileSync(source), kind === "pythonw", context));
    }
  }
  return paths;
}

/** Adds the launcher of a function. Returns its path. */
export function addLauncher(target: LauncherTarget, owner: string, context: ProgramContext): string {
  const { layout, launchers, start } = context;
  const { name, module, attribute, gui } = target;
  const path = `${layout.scripts}/${name}${layout.windows ? ".exe" : ""}`;
  context.addFile(
    path,
    owner,
    programOf(() =>
      launchers
        ? zipLauncher(launchers, launcherText("", target), gui, "-s")
        : launcherText(movableHead(start), target),
    ),
  );
  addProgram({ name, path, call: { module, attribute }, gui }, context);
  return path;
}

/** Adds a `#!python` script of a wheel. Returns the paths of its files. */
function addScript(
  script: string,
  owner: string,
  content: Buffer,
  gui: boolean,
  context: ProgramContext,
): readonly string[] {
  const { layout, launchers, start } = context;
  if (launchers === undefined) {
    const path = `${layout.scripts}/${script}`;
    addProgram({ name: script, path, call: undefined, gui }, context);
    // The head is a string, and Python allows only one string before such an import.
    if (content.includes("from __future__")) {
      const beside = `${layout.scripts}/${script}-script.py`;
      context.addFile(beside, owner, { kind: "content", read: () => rewrittenScript("#!python\n", content) });
      context.addFile(
        path,
        owner,
        programOf(() => scriptStarter(start, `${script}-script.py`)),
      );
      return [path, beside];
    }
    context.addFile(
      path,
      owner,
      programOf(() => rewrittenScript(movableHead(start), content)),
    );
    return [path];
  }
  const names = scriptNames(script, gui);
  const path = `${layout.scripts}/${names.script}`;
  const program = `${layout.scripts}/${names.program}`;
  context.addFile(path, owner, { kind: "content", read: () => rewrittenScript("#!python\n", content) });
  context.addFile(program, owner, contentOf(fileLauncher(launchers, gui, "-s")));
  addProgram({ name: names.program.slice(0, -".exe".length), path: program, call: undefined, gui }, context);
  return [path, program];
}

/** Adds a program, unless there is one of its name: the first one keeps its file. */
export function addProgram(program: ApplicationProgram, { programs }: ProgramContext): void {
  if (!programs.has(program.name)) programs.set(program.name, program);
}
