import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

// How editors discover environments in a folder, transcribed from their sources, for POSIX. Each function is one step.
//
// VS Code (the Python and the Python Environments extension ask the same locator for environments):
//   microsoft/python-environment-tools 8bd5fb4: crates/pet/src/find.rs
//     (`find_python_environments_in_workspace_folder_recursive`), crates/pet-core/src/pyvenv_cfg.rs,
//     crates/pet-python-utils/src/{executable,env}.rs, crates/pet-venv/src/lib.rs
//   microsoft/vscode-python-environments 9a2c114: src/managers/common/utils.ts (`getShellActivationCommands`)
//   microsoft/vscode-python 757def8: python_files/interpreterInfo.py, simplevirtualenvs.ts (`isVenvEnvironment`),
//     baseActivationProvider.ts
// PyCharm:
//   JetBrains/intellij-community, python/: VirtualEnvReader.kt (`findVenvsInDir`, `findPythonInPythonRoot`), the
//     `VenvEnvironmentProvider` behind `detectPythonEnvironment`, PyVirtualEnvReader.kt (`readPythonEnvironment`), all
//     of 2026

/** An environment as an editor sees it. */
export interface SeenEnvironment {
  readonly executable: string;
  readonly prefix: string;
  /** The version in `pyvenv.cfg`; undefined if it has none. */
  readonly version: string | undefined;
}

interface InterpreterAnswer {
  readonly executable: string;
  readonly prefix: string;
  readonly version: string;
  readonly is64Bit: boolean;
}

/** Returns what VS Code discovers when it opens a folder: in the folder, in four known names, then in each child. */
export function seenInWorkspace(folder: string): readonly SeenEnvironment[] {
  const first = ["", ".venv", ".conda", ".virtualenv", "venv"].map((name) => join(folder, name));
  const children = readdirSync(folder).map((name) => join(folder, name));
  const folders = [...new Set([...first, ...children])].filter(isFolder);
  return folders.flatMap((candidate) => {
    const executable = ["bin/python", "bin/python3", "python", "python3"]
      .map((name) => join(candidate, name))
      .find(isFile);
    const seen = executable === undefined ? undefined : seenAsVenv(executable);
    return seen === undefined ? [] : [seen];
  });
}

/**
 * Returns the venv that VS Code sees for a selected interpreter (`python.defaultInterpreterPath`), by the `pyvenv.cfg`
 * next to it or in the folder above.
 */
export function seenAsVenv(executable: string): SeenEnvironment | undefined {
  const [config] = [dirname(executable), dirname(dirname(executable))]
    .map((folder) => join(folder, "pyvenv.cfg"))
    .filter(existsSync);
  if (config === undefined) return undefined;
  const lines = readFileSync(config, "utf8").split("\n");
  const version = lines.flatMap(
    (line) =>
      /^version\s*=\s*(\d+\.\d+\.\d+)$/.exec(line)?.[1] ??
      /^version_info\s*=\s*(\d+\.\d+\.\d+.*)$/.exec(line)?.[1] ??
      [],
  )[0];
  return { executable, prefix: dirname(config), version };
}

/** Runs the interpreter and returns its answer, as VS Code does. The executable must be the one that was run. */
export function askedOfInterpreter(executable: string): InterpreterAnswer {
  const code = [
    "import json, sys",
    "print(json.dumps({'version': '.'.join(str(n) for n in sys.version_info), 'prefix': sys.prefix,",
    "  'executable': sys.executable, 'is64Bit': sys.maxsize > 2**32}))",
  ].join("\n");
  return JSON.parse(execFileSync(executable, ["-c", code], { encoding: "utf8" })) as InterpreterAnswer;
}

/**
 * Returns the scripts that VS Code runs in its terminals, by name. It expects `activate` without looking; the others
 * only if they exist.
 */
export function typedIntoTerminals(executable: string): ReadonlyMap<string, string> {
  const bin = dirname(executable);
  const existing = ["Activate.ps1", "activate.fish", "activate.csh", "activate.nu"].filter((name) =>
    existsSync(join(bin, name)),
  );
  return new Map(["activate", ...existing].map((name) => [name, join(bin, name)]));
}

/**
 * Returns the interpreters that PyCharm discovers when it opens a folder: one for each child, with the shortest name.
 */
export function pythonsInChildren(folder: string): readonly string[] {
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .flatMap((child) => pythonIn(join(child, "bin")) ?? pythonIn(child) ?? []);
}

function pythonIn(folder: string): string | undefined {
  if (!isFolder(folder)) return undefined;
  return readdirSync(folder)
    .filter((name) => /^(pypy|pythonw?)(\d+(\.\d+)*)?t?$/.test(name) && isFile(join(folder, name)))
    .sort((a, b) => a.length - b.length)
    .map((name) => join(folder, name))[0];
}

/** Returns the environment that PyCharm sees for a selected interpreter. Throws without a `pyvenv.cfg` or a `lib`. */
export function seenByPycharm(executable: string): SeenEnvironment & { readonly libRoot: string } {
  accessSync(executable, constants.X_OK);
  const prefix = dirname(dirname(executable));
  const config = new Map(
    readFileSync(join(prefix, "pyvenv.cfg"), "utf8")
      .split("\n")
      .filter((line) => line.includes("="))
      .map((line) => {
        const index = line.indexOf("=");
        return [line.slice(0, index).trim(), line.slice(index + 1).trim()];
      }),
  );
  const versionText = config.get("version_info") ?? config.get("version") ?? config.get("python-version");
  const lib = join(prefix, "lib");
  const libRoot = readdirSync(lib)
    .filter((name) => name.startsWith("python"))
    .map((name) => join(lib, name))
    .find(isFolder);
  return {
    executable,
    prefix,
    version: /^\d+(\.\d+){0,2}/.exec(versionText ?? "")?.[0],
    libRoot: libRoot ?? lib,
  };
}

/** Returns the variables that `activate` changes in a shell. PyCharm sets them for the programs that it runs. */
export function changedByActivating(executable: string): Readonly<Record<string, string>> {
  const environment = { PATH: "/usr/bin:/bin", PYTHONHOME: "/elsewhere" };
  const read = (script: string) => {
    const text = execFileSync("bash", ["-c", `${script} env -0`], { env: environment, encoding: "utf8" });
    return new Map(
      text
        .split("\0")
        .filter(Boolean)
        .map((line): [string, string] => {
          const index = line.indexOf("=");
          return [line.slice(0, index), line.slice(index + 1)];
        }),
    );
  };
  const before = read("");
  const after = read(`. '${join(dirname(executable), "activate")}';`);
  const noise = new Set(["_", "SHLVL", "PWD", "OLDPWD"]);
  return Object.fromEntries(
    [...after].filter(([name, value]) => !noise.has(name) && before.get(name) !== value),
  );
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}
