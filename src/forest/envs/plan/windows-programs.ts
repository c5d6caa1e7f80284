import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Interpreter } from "../../../model/index.ts";
import { fileLauncher, type Launchers, scriptNames, zipLauncher } from "../../launchers/index.ts";
import type { StoredWheel } from "../../wheels/index.ts";
import { launcherText, rewrittenScript } from "./launcher.ts";
import { type AddFile, contentOf } from "./own-file.ts";

/**
 * Whether an interpreter can be started by a launcher, which tells it by a variable which Env it is for. CPython has
 * the variable since 3.7.2 (https://github.com/python/cpython/issues/79080), PyPy has not.
 */
function startsByLauncher({ implementation, version }: Interpreter): boolean {
  return implementation === "cpython" && !/^3\.[0-7](\.|$)/.test(version);
}

/** Returns the line of `pyvenv.cfg` that tells a launcher which interpreter to start. */
export function baseExecutable(python: Interpreter, executable: string): readonly string[] {
  return startsByLauncher(python) ? [`base-executable = ${executable}`] : [];
}

/**
 * Adds `python.exe` and `pythonw.exe`. As in `venv` they are launchers: those that come with Python if it has them,
 * since they are signed by its publisher, else Posy's. An interpreter that no launcher can start is linked itself,
 * with the libraries next to it: Windows looks for them in the folder of the program.
 */
export function addWindowsPython(
  python: Interpreter,
  executable: string,
  launchers: Launchers,
  addFile: AddFile,
): void {
  const home = dirname(executable);
  if (!startsByLauncher(python)) {
    const needed = readdirSync(home).filter((name) => /^(python|pypy)[\d.]*w?\.exe$|\.dll$/i.test(name));
    for (const name of needed) {
      addFile(`Scripts/${name}`, "posy", { kind: "file", source: join(home, name) });
    }
    return;
  }
  for (const gui of [false, true]) {
    const original = python.freeThreaded ? undefined : launcherOfPython(home, gui);
    addFile(
      `Scripts/${gui ? "pythonw.exe" : "python.exe"}`,
      "posy",
      original === undefined
        ? contentOf(gui ? launchers.gui : launchers.console)
        : { kind: "file", source: original },
    );
  }
}

/**
 * Returns the launcher that `venv` copies: `venvlauncher.exe` since Python 3.13, before that a `python.exe` among the
 * scripts of `venv`. A pybi has its executable one folder deeper than an installed Python.
 */
function launcherOfPython(home: string, gui: boolean): string | undefined {
  const names = gui ? ["venvwlauncher.exe", "pythonw.exe"] : ["venvlauncher.exe", "python.exe"];
  const roots = basename(home).toLowerCase() === "scripts" ? [dirname(home)] : [home];
  return roots
    .flatMap((root) => names.map((name) => join(root, "Lib", "venv", "scripts", "nt", name)))
    .find((path) => existsSync(path));
}

/**
 * Adds the entry points and scripts of a wheel. An entry point becomes `NAME.exe`. A `#!python` script becomes
 * `NAME.exe` and `NAME-script.py`; if its name ends with `.py`, it keeps it. `python` is the path of the Env's
 * Python.
 */
export function addWindowsScripts(
  { manifest, dir }: StoredWheel,
  python: string,
  launchers: Launchers,
  addFile: AddFile,
): void {
  const owner = manifest.name;
  for (const target of manifest.launchers) {
    addFile(`Scripts/${target.name}.exe`, owner, {
      kind: "content",
      read: () => zipLauncher(launchers, launcherText("", target), target.gui),
    });
  }
  for (const [path, kind] of Object.entries(manifest.scripts)) {
    const source = join(dir, "scripts", path);
    if (kind === "other") {
      addFile(`Scripts/${path}`, owner, { kind: "file", source });
      continue;
    }
    const gui = kind === "pythonw";
    const names = scriptNames(path, gui);
    addFile(`Scripts/${names.script}`, owner, {
      kind: "content",
      read: () => rewrittenScript(`#!${python}\n`, readFileSync(source)),
    });
    addFile(`Scripts/${names.program}`, owner, contentOf(fileLauncher(launchers, gui)));
  }
}
