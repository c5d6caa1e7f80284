import { closeSync, existsSync, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { foldersUpwards } from "../../packages/configuration/uv-files.ts";
import { isProjectText } from "../../project/pyproject/project-text.ts";
import {
  globalVersionFiles,
  localVersionFiles,
} from "../../project/python-version-file/version-file-paths.ts";
import { isPosyLauncher } from "../../pythons/system/is-posy-launcher.ts";

/** What `python` does: it runs a command of Posy, or another program. */
export type Launch =
  | {
      /** The arguments of Posy. */
      readonly posy: readonly string[];
      /** A sentence that says which Python was meant, for the case that it does not start. */
      readonly because: string;
      /** Text to print before. */
      readonly help?: string;
    }
  | {
      /** The absolute path of a Python. */
      readonly program: string;
      readonly args: readonly string[];
    }
  | {
      /** What is wrong with the first argument. */
      readonly refused: string;
    };

/** The circumstances of a start. */
export interface LaunchContext {
  readonly environment: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly platform?: NodeJS.Platform;
}

/**
 * Decides what `python ARGUMENTS` starts, as the py launcher of Windows does (PEP 397, PEP 514 for `-V:`):
 *
 * 1. the version of the first argument (`-3.12`, `-V:3.12`), which ignores projects and environments;
 * 2. the version in the `#!` line of the script, or the Python that the line names by its path;
 * 3. the activated environment (VIRTUAL_ENV);
 * 4. the environment of the project that the current folder is in, or the pinned Python;
 * 5. `standard`, the version that `posy python install --default` installed.
 *
 * It loads no other part of the program, because it is a part of each start.
 */
export function readLaunch(standard: string, args: readonly string[], context: LaunchContext): Launch {
  const [first = "", ...rest] = args;
  if (/^(-0p?|--list(-paths)?)$/.test(first) && rest.length === 0) {
    return { posy: ["python", "list"], because: "this lists the Pythons" };
  }
  const typed = typedVersion(first);
  if (typed !== undefined) {
    return "refused" in typed ? typed : versionLaunch(typed.version, rest, `\`${first}\` asks for it`);
  }
  const launch = launchWithoutVersion(standard, args, context);
  const isHelp = /^(-h|--help|-\?)$/.test(first);
  return isHelp && "posy" in launch ? { ...launch, help: helpOf(standard) } : launch;
}

function launchWithoutVersion(standard: string, args: readonly string[], context: LaunchContext): Launch {
  const { environment, cwd, platform = process.platform } = context;
  const script = scriptOf(args);
  const line = script === undefined ? undefined : readShebang(script);
  // A system passes the options of the line itself, but for Windows.
  const all = [...(platform === "win32" ? (line?.options ?? []) : []), ...args];
  if (line?.version !== undefined) {
    return versionLaunch(line.version, all, `the \`#!\` line of \`${script}\` asks for it`);
  }
  if (line?.path !== undefined) return { program: line.path, args: all };
  const activated = environment["VIRTUAL_ENV"];
  if (activated) {
    const program = join(
      activated,
      ...(platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"]),
    );
    if (existsSync(program)) return { program, args: all };
  }
  const project = projectFolder(cwd);
  if (project !== undefined) {
    const because = `the folder is in the project \`${project}\`, whose environment \`python\` starts; \`python -${standard}\` starts Python without it`;
    return { posy: ["run", "--", "python", ...all], because };
  }
  if (hasPin(context)) {
    return {
      posy: ["run", "--", "python", ...all],
      because: "it is pinned: `posy python pin` shows the pin",
    };
  }
  const because = `nothing else asks for one, and \`posy python install --default\` chose it`;
  return { posy: ["run", "--no-project", "--python", standard, "--", "python", ...all], because };
}

function versionLaunch(version: string, args: readonly string[], because: string): Launch {
  return { posy: ["run", "--no-project", "--python", version, "--", "python", ...args], because };
}

/** Reads the Python request of a first argument: `-3.12`, `-3`, `-3.13t`, `-V:3.12`, `-V:PythonCore/3.12`. */
function typedVersion(
  first: string,
): { readonly version: string } | { readonly refused: string } | undefined {
  const [, company = "", tag] = /^-V:(?:([^/]*)\/)?(.*)$/i.exec(first) ?? [];
  const [, short, bits] =
    /^-(\d+(?:\.\d+)*t?)(?:-(\d+|arm64))?$/.exec(tag === undefined ? first : `-${tag}`) ?? [];
  if (tag === undefined && short === undefined) return undefined;
  if (bits === "32") return { refused: `\`${first}\` asks for a Python of 32 bits, and Posy has none` };
  if (short !== undefined && /^(|PythonCore|Posy|Astral)$/i.test(company)) return { version: short };
  const [, ofPypy] = /^(?:PyPy)?\/(?:pypy-?)?([\d.]+)$/i.exec(`${company}/${tag}`) ?? [];
  if (ofPypy !== undefined) return { version: `pypy${ofPypy}` };
  return { refused: `\`${first}\` names no Python that Posy knows` };
}

/** Options of Python whose value is the next argument. */
const valued = /^(-[WX]|--check-hash-based-pycs)$/;

/** Returns the script among the arguments of Python. */
function scriptOf(args: readonly string[]): string | undefined {
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? "";
    if (!arg.startsWith("-")) return arg;
    // Code, a module or standard input: there is no script.
    if (arg === "-" || (/^-[a-zA-Z]*[cm]/.test(arg) && !/^-[WX]/.test(arg))) return undefined;
    if (arg === "--") return args[at + 1];
    if (valued.test(arg)) at += 1;
  }
  return undefined;
}

/** What the `#!` line of a script asks for. */
interface Shebang {
  /** A Python request: `3.12`. */
  readonly version?: string;
  /** The absolute path of a Python. */
  readonly path?: string;
  readonly options: readonly string[];
}

/**
 * Reads the `#!` line of a script. `/usr/bin/env python3.12`, `/usr/bin/python3.12`, `/usr/local/bin/python3.12` and
 * `python3.12` mean any Python of that version (PEP 397, "Shebang Line Parsing"); another path means that program.
 * Returns undefined if it asks for no special Python.
 */
function readShebang(script: string): Shebang | undefined {
  const [, text = ""] = /^(?:\xef\xbb\xbf)?#!\s*([^\r\n]+)/.exec(headOf(script)) ?? [];
  const words = text.trim().split(/\s+/);
  if (/^(.*\/)?env$/.test(words[0] ?? "")) {
    words.shift();
    while (/^(-S|--split-string|\w+=.*)$/.test(words[0] ?? "")) words.shift();
  }
  const [command = "", ...options] = words;
  const [, folder = "", kind, version = ""] =
    /^(?:(.*)[\\/])?(python|pypy|py)w?(\d+(?:\.\d+)*t?)?(?:\.exe)?$/i.exec(command) ?? [];
  if (kind === undefined) return undefined;
  const isVirtual = /^(|\/usr\/bin|\/usr\/local\/bin)$/.test(folder);
  // A script that is started directly has the path of this launcher in its line.
  if (!isVirtual && existsSync(command) && !isPosyLauncher(command)) return { path: command, options };
  if (kind.toLowerCase() === "pypy") return { version: `pypy${version}`, options };
  // `python3` is any Python 3, as is `python`.
  return version === "" || version === "3" ? { options } : { version, options };
}

/** Returns the first bytes of a file; empty if it cannot be read. */
function headOf(path: string): string {
  try {
    const file = openSync(path, "r");
    try {
      const bytes = Buffer.alloc(512);
      return bytes.toString("latin1", 0, readSync(file, bytes));
    } finally {
      closeSync(file);
    }
  } catch {
    return "";
  }
}

/** Returns the folder of the project that a folder is in, as `findProject` does. */
function projectFolder(cwd: string): string | undefined {
  return foldersUpwards(cwd).find((folder) => {
    try {
      return isProjectText(readFileSync(join(folder, "pyproject.toml"), "utf8"));
    } catch {
      return false;
    }
  });
}

/** Whether a variable or a version file chooses the Python. */
function hasPin({ environment, cwd, platform = process.platform }: LaunchContext): boolean {
  if (environment["POSY_PYTHON"] || environment["UV_PYTHON"]) return true;
  const search = { environment, cwd, platform };
  return [...localVersionFiles(search).flat(), ...globalVersionFiles(search)].some((path) =>
    existsSync(path),
  );
}

function helpOf(standard: string): string {
  return `This \`python\` is a launcher of Posy. The first argument may choose a Python:

  -3.12, -V:3.12  this version, which Posy fetches if it is missing
  -0, --list      list the Pythons

Otherwise the \`#!\` line of the script counts, then the activated environment,
the environment of the project that this folder is in, the pinned Python, and
Python ${standard}. The help of that Python follows.
`;
}
