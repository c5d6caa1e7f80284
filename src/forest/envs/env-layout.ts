import type { Interpreter } from "../../model/index.ts";

/** The paths in an Env, relative to its prefix: the same as `venv` uses for the same Python. */
export interface EnvLayout {
  readonly windows: boolean;
  readonly scripts: string;
  /** The interpreter: `bin/python`. */
  readonly python: string;
  /** Other names of the interpreter, in `scripts`. On Windows, `addWindowsPython` knows them. */
  readonly pythonNames: readonly string[];
  readonly sitePackages: string;
  /** Contains one folder of C headers per package; pip uses the same folder. */
  readonly headers: string;
}

/** The parts of an interpreter that the layout depends on: all of them are in an Env's key. */
export type LayoutPython = Pick<Interpreter, "implementation" | "version" | "freeThreaded">;

export function envLayout(python: LayoutPython, windows: boolean): EnvLayout {
  const minor = /^\d+\.\d+/.exec(python.version)?.[0] ?? python.version;
  const abi = python.freeThreaded ? `${minor}t` : minor;
  if (windows) {
    return {
      windows,
      scripts: "Scripts",
      python: "Scripts/python.exe",
      pythonNames: [],
      sitePackages: "Lib/site-packages",
      headers: "Include",
    };
  }
  const pypy = python.implementation === "pypy";
  const lib = pypy ? `pypy${minor}` : `python${abi}`;
  return {
    windows,
    scripts: "bin",
    python: "bin/python",
    pythonNames: [
      "python3",
      `python${minor}`,
      ...(python.freeThreaded ? [`python${abi}`] : []),
      ...(pypy ? ["pypy", "pypy3"] : []),
    ],
    sitePackages: `lib/${lib}/site-packages`,
    headers: `include/site/${lib}`,
  };
}
