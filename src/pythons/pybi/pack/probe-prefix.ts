import { readdir, realpath, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { PosyError } from "../../../errors/posy-error.ts";
import { type Captured, runCaptured } from "../../../system/process/index.ts";
import { quote } from "../../../text/index.ts";
import { probeScript } from "./probe-prefix-script.ts";

/** What an interpreter says of itself and of where its parts lie. Paths are absolute, links resolved. */
export interface PrefixAnswer {
  readonly implementation: string;
  readonly markers: Readonly<Record<string, string>>;
  readonly executable: string;
  readonly prefix: string;
  readonly stdlib: string;
  /** The folder of `pyconfig.h`; "" or not there without the headers. */
  readonly include: string;
  /** Folders in which its shared library may lie. */
  readonly libraries: readonly string[];
  /** Where a distribution keeps the wheels of `ensurepip`; "" where they lie beside it. */
  readonly wheels: string;
  /** Where the scripts of the Tcl that `tkinter` uses lie; "" where it has none. */
  readonly tcl: string;
  /** Folders of the machine that built it, as its configuration has them. */
  readonly roots: readonly string[];
  readonly freeThreaded: boolean;
  readonly soabi: string;
  readonly abiFlags: string;
  /** Python 2: whether a character has 32 bits (`u` in `cp27mu`). */
  readonly wideUnicode: boolean;
  readonly multiarch: string;
}

/** Milliseconds. */
const patience = 20_000;

/** The Python in a prefix, or the one that is named; asked once. Throws `not-found`, `invalid-interpreter`. */
export async function probePrefix(path: string): Promise<PrefixAnswer> {
  const executable = await executableAt(resolve(path));
  let answer = await ask(executable, {});
  if (/error while loading shared librar|^Error loading shared librar/im.test(answer.stderr)) {
    // `./configure --enable-shared --prefix=…` leaves a program that doesn't know where its own library is.
    const prefix = dirname(dirname(await realpath(executable)));
    answer = await ask(executable, { LD_LIBRARY_PATH: `${join(prefix, "lib")}:${join(prefix, "lib64")}` });
  }
  try {
    if (answer.status === 0) return JSON.parse(answer.stdout.trim().split("\n").at(-1) ?? "") as PrefixAnswer;
  } catch {
    // What it printed is no answer.
  }
  const said = (answer.stderr.trim().split("\n").at(-1) ?? "").slice(0, 80);
  throw new PosyError(
    "invalid-interpreter",
    `\`${executable}\` is not a Python that can be packed${said === "" ? "" : `: it says ${quote(said)}`}`,
    { hint: "give the folder that Python was installed to, such as `/usr/local`, or its executable" },
  );
}

function ask(executable: string, libraries: NodeJS.ProcessEnv): Promise<Captured> {
  return runCaptured(executable, ["-E", "-s", "-S", "-c", probeScript], {
    cwd: "/",
    env: { LC_ALL: "C", ...libraries },
    timeout: patience,
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
