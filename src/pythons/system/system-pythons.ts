import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { userFolder } from "../../system/fs/index.ts";
import { isPosyLauncher } from "./is-posy-launcher.ts";
import { variableOf } from "../../system/process/index.ts";

/** File names that are interpreters: `python`, `python3`, `python3.11`, `python3.13t`, `pypy3.9`. */
const programs = /^(python|pypy)(3(\.\d+)?t?)?(\.exe)?$/;

/**
 * Returns the executables of the Pythons that are installed on this machine, without starting any: those on PATH, those
 * of pyenv and uv, and those in the usual folders; each once, in that order. It leaves out pyenv's shims, which take a
 * second each to start (pyenv's versions are listed instead), virtual environments (their base Python is listed), the
 * launchers of Posy (one of them would start Posy again), the stubs on Windows that open its store, and Xcode's stub on
 * macOS.
 */
export function systemPythons(
  environment: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): readonly string[] {
  const paths = new Set<string>();
  for (const folder of [...pathFolders(environment), ...usualFolders(environment, platform)]) {
    for (const name of listing(folder).filter((entry) => programs.test(entry))) {
      const path = asInstalled(join(folder, name), platform);
      if (path !== undefined) paths.add(path);
    }
  }
  return [...paths];
}

/** Returns the executable of this name on PATH, or pyenv's version instead of a shim; undefined if there is none. */
export function pythonOnPath(
  name: string,
  environment: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  const names = platform === "win32" && !/\.exe$/i.test(name) ? [`${name}.exe`] : [name];
  for (const folder of [...pathFolders(environment), ...pyenvFolders(environment, platform)]) {
    for (const program of names) {
      if (asInstalled(join(folder, program), platform) !== undefined) return join(folder, program);
    }
  }
  return undefined;
}

function pathFolders(environment: NodeJS.ProcessEnv): readonly string[] {
  const path = variableOf(environment, "PATH") ?? "";
  return path.split(delimiter).filter((folder) => folder !== "" && !isShims(folder));
}

function isShims(folder: string): boolean {
  return basename(folder) === "shims" || /[\\/]WindowsApps[\\/]?$/i.test(folder);
}

function pyenvFolders(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): readonly string[] {
  const root = environment["PYENV_ROOT"] || join(userFolder(environment), ".pyenv");
  return scriptsOf(join(root, "versions"), platform);
}

function usualFolders(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): readonly string[] {
  const others = platform === "win32" ? windowsFolders(environment) : unixFolders(environment, platform);
  return [...pyenvFolders(environment, platform), ...others];
}

function windowsFolders(environment: NodeJS.ProcessEnv): readonly string[] {
  const local = environment["LOCALAPPDATA"] || join(userFolder(environment), "AppData", "Local");
  return [
    ...subfolders(join(local, "Programs", "Python")),
    ...scriptsOf(join(local, "uv", "python"), "win32"),
  ];
}

function unixFolders(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): readonly string[] {
  const data = environment["XDG_DATA_HOME"] || join(userFolder(environment), ".local", "share");
  return [
    ...scriptsOf(join(data, "uv", "python"), platform),
    "/usr/bin",
    "/usr/local/bin",
    "/opt/homebrew/bin",
    ...scriptsOf("/opt/python", platform),
    ...scriptsOf("/Library/Frameworks/Python.framework/Versions", platform),
  ];
}

/** Returns the folders with programs of all versions in a folder, newest name first. */
function scriptsOf(versions: string, platform: NodeJS.Platform): readonly string[] {
  return subfolders(versions).map((folder) => (platform === "win32" ? folder : join(folder, "bin")));
}

function subfolders(folder: string): readonly string[] {
  return listing(folder)
    .toSorted((a, b) => b.localeCompare(a, "en", { numeric: true }))
    .map((name) => join(folder, name));
}

function listing(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/**
 * Whether an executable is the stub that macOS has in `/usr/bin`. It starts the Python of Xcode or of the command line
 * tools, and if neither is installed, it opens a dialog that offers to install them. So it is never started.
 */
export function isXcodeStub(executable: string, platform: NodeJS.Platform = process.platform): boolean {
  return platform === "darwin" && /^\/usr\/bin\/python[\d.]*$/.test(executable);
}

/**
 * Returns the file of an installed Python behind all links; undefined if it is missing, empty, in a venv, Xcode's stub,
 * or a launcher of Posy.
 */
export function asInstalled(path: string, platform: NodeJS.Platform = process.platform): string | undefined {
  try {
    const real = realpathSync(path);
    if (isXcodeStub(real, platform)) return undefined;
    const stat = statSync(real);
    if (!stat.isFile() || stat.size === 0 || isPosyLauncher(real)) return undefined;
    const scripts = dirname(real);
    const inEnv = [scripts, dirname(scripts)].some((folder) => existsSync(join(folder, "pyvenv.cfg")));
    return inEnv ? undefined : real;
  } catch {
    return undefined;
  }
}
