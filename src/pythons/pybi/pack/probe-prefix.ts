import { readdir, realpath, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { PosyError } from "../../../errors/posy-error.ts";
import { type Captured, runCaptured } from "../../../system/process/index.ts";
import { quote } from "../../../text/index.ts";
import { probeScript } from "./probe-prefix-script.ts";

/** The output of `probe-prefix-script.ts`. Paths are absolute, with links resolved. */
export interface PrefixAnswer {
  readonly implementation: string;
  readonly markers: Readonly<Record<string, string>>;
  readonly executable: string;
  readonly prefix: string;
  readonly stdlib: string;
  /** The folder of `pyconfig.h`. Empty, or missing on disk, if the headers are not installed. */
  readonly include: string;
  /** Folders that may contain its shared library. */
  readonly libraries: readonly string[];
  /** The folder of the wheels of `ensurepip`; "" if they are beside the module. */
  readonly wheels: string;
  /** The folder with the scripts of the Tcl that `tkinter` uses; "" if there is none. */
  readonly tcl: string;
  /** Folders of the build machine that appear in the configuration. */
  readonly roots: readonly string[];
  readonly freeThreaded: boolean;
  readonly soabi: string;
  readonly abiFlags: string;
  /** Whether a character of Python 2 has 32 bits (`u` in `cp27mu`). */
  readonly wideUnicode: boolean;
  readonly multiarch: string;
}

/** Milliseconds. */
const probeTimeout = 20_000;

/**
 * Runs the Python in a prefix, or the executable at `path`, once, and returns what it reports about itself. Throws
 * `not-found`, `invalid-interpreter`.
 */
export async function probePrefix(path: string): Promise<PrefixAnswer> {
  const executable = await executableAt(resolve(path));
  let answer = await ask(executable, {});
  if (/error while loading shared librar|^Error loading shared librar/im.test(answer.stderr)) {
    // A Python of `./configure --enable-shared --prefix=…` does not find its own shared library.
    const prefix = dirname(dirname(await realpath(executable)));
    answer = await ask(executable, { LD_LIBRARY_PATH: `${join(prefix, "lib")}:${join(prefix, "lib64")}` });
  }
  try {
    if (answer.status === 0) return JSON.parse(answer.stdout.trim().split("\n").at(-1) ?? "") as PrefixAnswer;
  } catch {
    // The output is not that of the script. The error below reports it.
  }
  const lastLine = (answer.stderr.trim().split("\n").at(-1) ?? "").slice(0, 80);
  throw new PosyError(
    "invalid-interpreter",
    `\`${executable}\` is not a Python that can be packed${lastLine === "" ? "" : `: it says ${quote(lastLine)}`}`,
    { hint: "give the folder that Python was installed to, such as `/usr/local`, or its executable" },
  );
}

function ask(executable: string, libraries: NodeJS.ProcessEnv): Promise<Captured> {
  return runCaptured(executable, ["-E", "-s", "-S", "-c", probeScript], {
    cwd: "/",
    env: { LC_ALL: "C", ...libraries },
    timeout: probeTimeout,
  });
}

async function executableAt(path: string): Promise<string> {
  const kind = await stat(path).catch(() => undefined);
  if (kind?.isFile()) return path;
  if (kind === undefined) {
    throw new PosyError("not-found", `there is no \`${path}\``, {
      hint: "give the folder that Python was installed to, or its executable",
    });
  }
  const programs = await readdir(join(path, "bin")).catch((): string[] => []);
  const versioned = programs.filter((name) => /^(python|pypy)\d+\.\d+t?$/.test(name)).sort();
  for (const name of ["python3", "python", "python2", "pypy3", "pypy", ...versioned]) {
    if (programs.includes(name)) return join(path, "bin", name);
  }
  throw new PosyError("not-found", `there is no Python in \`${path}\``, {
    hint: `\`${join(path, "bin")}\` has no \`python3\``,
  });
}
