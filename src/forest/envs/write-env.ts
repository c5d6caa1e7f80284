import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Interpreter } from "../../model/index.ts";
import { hostFoldsNames } from "../../system/archives/index.ts";
import { activateScripts } from "./activate-scripts.ts";
import { composeDistInfo } from "./compose-dist-info.ts";
import { type EnvLayout, envLayout } from "./env-layout.ts";
import { launcherText, rewrittenScript, scriptHead, windowsLauncher } from "./launcher.ts";
import { LinkTree } from "./link-tree.ts";
import { pipConfiguration } from "./pip-conf.ts";
import { sealEnv } from "./seal.ts";
import type { StoredWheel } from "../wheels/index.ts";
import { linkFile, writeLinks } from "./write-links.ts";

export interface EnvContents {
  readonly python: Interpreter;
  /** Absolute path of the interpreter that the Env refers to. */
  readonly executable: string;
  /** Sorted by name, as the pins are. */
  readonly wheels: readonly StoredWheel[];
  /** The final path of the Env, which scripts contain. */
  readonly prefix: string;
  readonly warn: (message: string) => void;
  readonly windows: boolean;
}

/** A file that is written once the folders are there. */
type Write = (root: string) => void;

/**
 * Packages that resolve links to learn which files are installed packages. coverage would measure all of them as the
 * project's own code; PyInstaller would put libraries into other folders than their wheels have. In an Env with one of
 * these, every folder of a package is real and every file is a hard link, as with uv.
 */
const linkResolvers: ReadonlySet<string> = new Set(["coverage", "pyinstaller"]);

/**
 * Writes a whole Env into `dir`, an empty folder. It is synchronous because it consists of a few hundred small calls
 * (5–10 ms for Jupyter's wheels), and interleaving them gains nothing.
 */
export function writeEnv(contents: EnvContents, dir: string): void {
  const { python, executable, wheels, prefix, warn, windows } = contents;
  const layout = envLayout(python, windows);
  const tree = new LinkTree({
    mustBeReal: (path) => isReal(path, layout),
    conflict: (path, kept, dropped) => {
      if (kept !== dropped)
        warn(`\`${kept}\` and \`${dropped}\` both bring \`${path}\`: the file of \`${kept}\` is used`);
    },
    foldNames: windows || hostFoldsNames,
  });
  const writes: Write[] = [];
  const addFile = (path: string, owner: string, write: (file: string) => void) => {
    if (tree.reserve(path, owner)) writes.push((root) => write(join(root, path)));
  };
  const text = (path: string, content: string) =>
    addFile(path, "posy", (file) => writeFileSync(file, content));

  text("pyvenv.cfg", pyvenvCfg(python, executable));
  text(windows ? "pip.ini" : "pip.conf", pipConfiguration);
  addPython(layout, executable, addFile);
  for (const [name, script] of Object.entries(activateScripts(prefix, windows))) {
    text(`${layout.scripts}/${name}`, script);
  }
  // Debian's free-threaded Pythons look for packages under the name without `t`, in Envs too.
  const [, libraries = "", name = ""] = /^(.*\/)([^/]+)t\/site-packages$/.exec(layout.sitePackages) ?? [];
  if (name !== "" && python.paths.purelib === `${libraries}${name}/site-packages`)
    addFile(libraries + name, "posy", (file) => symlinkSync(`${name}t`, file));
  for (const wheel of wheels) addScripts(wheel, contents, layout, addFile);
  const deep = wheels.some(({ manifest }) => linkResolvers.has(manifest.name));
  for (const wheel of wheels) addFiles(wheel, tree, layout, addFile, deep);
  tree.addFolder(layout.sitePackages);
  tree.addBytecodeFolders();

  writeLinks(tree.root, dir, windows);
  for (const write of writes) write(dir);
  // Fedora's Pythons look for compiled modules in lib64; `venv` links it as well.
  if (!windows && python.paths.platlib.startsWith("lib64/")) symlinkSync("lib", join(dir, "lib64"));
  const { sealed, readOnly } = tree.sealedFolders(layout.sitePackages);
  sealEnv(dir, sealed, readOnly);
}

/**
 * Whether a folder is real and not a link: the prefix, site-packages, and the first four levels of everything else.
 * Programs that add or replace folders under `sys.prefix` (`ipykernel install --sys-prefix` replaces
 * `share/jupyter/kernels/python3`) then meet the Env and not the store.
 */
function isReal(path: string, { sitePackages }: EnvLayout): boolean {
  if (path === sitePackages || sitePackages.startsWith(`${path}/`)) return true;
  return !path.startsWith(`${sitePackages}/`) && path.split("/").length <= 4;
}

/** Returns what `venv` writes. Python finds its standard library through `home`. */
function pyvenvCfg(python: Interpreter, executable: string): string {
  return [
    `home = ${dirname(executable)}`,
    "include-system-site-packages = false",
    `version = ${python.version}`,
    `executable = ${executable}`,
    "",
  ].join("\n");
}

type AddFile = (path: string, owner: string, write: (file: string) => void) => void;

function addPython(layout: EnvLayout, executable: string, addFile: AddFile): void {
  if (layout.windows) {
    const home = dirname(executable);
    for (const name of ["python.exe", "pythonw.exe"]) {
      addFile(`${layout.scripts}/${name}`, "posy", (file) => linkWindowsPython(home, name, file));
    }
    return;
  }
  addFile(layout.python, "posy", (file) => symlinkSync(executable, file));
  for (const name of layout.pythonNames)
    addFile(`bin/${name}`, "posy", (file) => symlinkSync("python", file));
}

/**
 * Links the small launcher that comes with Python, as `venv` does: it reads `pyvenv.cfg` and starts the real Python. If
 * it is missing, the executable itself is linked, which finds its DLLs only if they are on the PATH.
 */
function linkWindowsPython(home: string, name: string, file: string): void {
  const launchers = join(home, "Lib", "venv", "scripts", "nt");
  const venvName = name === "python.exe" ? "venvlauncher.exe" : "venvwlauncher.exe";
  const candidates = [join(launchers, venvName), join(launchers, name), join(home, name)];
  const source = candidates.find((candidate) => existsSync(candidate));
  if (source !== undefined) linkFile(source, file);
}

function addScripts(wheel: StoredWheel, contents: EnvContents, layout: EnvLayout, addFile: AddFile): void {
  const { manifest, dir } = wheel;
  const { windows, prefix } = contents;
  const head = windows ? "" : scriptHead(join(prefix, layout.python));
  const owner = manifest.name;
  for (const target of manifest.launchers) {
    const content = launcherText(head, target);
    if (windows) {
      const script = `${target.name}-script.py${target.gui ? "w" : ""}`;
      addFile(`${layout.scripts}/${script}`, owner, (file) => writeFileSync(file, content));
      addFile(`${layout.scripts}/${target.name}.cmd`, owner, (file) =>
        writeFileSync(file, windowsLauncher(script, target.gui)),
      );
    } else {
      addFile(`bin/${target.name}`, owner, (file) => writeFileSync(file, content, { mode: 0o777 }));
    }
  }
  for (const [path, kind] of Object.entries(manifest.scripts)) {
    const source = join(dir, "scripts", path);
    if (kind === "other") {
      // A hard link, not a symbolic one: a program that resolves its addFile path then ends up in the Env.
      addFile(`${layout.scripts}/${path}`, owner, (file) => linkFile(source, file));
      continue;
    }
    const rewrite = () => rewrittenScript(head, readFileSync(source));
    if (windows) {
      const script = `${path}-script.py${kind === "pythonw" ? "w" : ""}`;
      addFile(`${layout.scripts}/${script}`, owner, (file) => writeFileSync(file, rewrite()));
      addFile(`${layout.scripts}/${path}.cmd`, owner, (file) =>
        writeFileSync(file, windowsLauncher(script, kind === "pythonw")),
      );
    } else {
      addFile(`bin/${path}`, owner, (file) => writeFileSync(file, rewrite(), { mode: 0o777 }));
    }
  }
}

function addFiles(
  wheel: StoredWheel,
  tree: LinkTree,
  layout: EnvLayout,
  addFile: AddFile,
  deep: boolean,
): void {
  const { manifest, dir } = wheel;
  const owner = manifest.name;
  composeDistInfo(wheel, tree, layout, addFile);
  for (const [name, isFolder] of Object.entries(manifest.site)) {
    // Bytecode in a wheel belongs to single-file modules, which Python compiles anyway.
    if (name === "__pycache__") continue;
    const path = `${layout.sitePackages}/${name}`;
    tree.add(path, `${dir}/site/${name}`, isFolder, owner, deep || manifest.reaching.includes(name));
  }
  if (manifest.hasData) {
    for (const child of readdirSync(`${dir}/data`, { withFileTypes: true })) {
      tree.add(child.name, `${dir}/data/${child.name}`, child.isDirectory(), owner);
    }
  }
  if (manifest.hasHeaders) tree.add(`${layout.headers}/${manifest.name}`, `${dir}/headers`, true, owner);
}
