import { readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Interpreter } from "../../model/index.ts";
import { hostFoldsNames } from "../../system/archives/index.ts";
import { activateScripts } from "./plan/activate-scripts.ts";
import { composeDistInfo } from "./plan/compose-dist-info.ts";
import type { DiskLinks } from "./disk-links.ts";
import { type EnvLayout, envLayout } from "./env-layout.ts";
import { launcherText, rewrittenScript, scriptHead } from "./plan/launcher.ts";
import { LinkTree } from "./plan/link-tree.ts";
import { pipConfiguration } from "./plan/pip-conf.ts";
import { sealEnv } from "./seal.ts";
import { addWindowsPython, addWindowsScripts, baseExecutable } from "./plan/windows-programs.ts";
import type { Launchers } from "../launchers/index.ts";
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
  /** The links that the disk can have. */
  readonly links: DiskLinks;
  /** The programs that start Python and scripts. Given for an Env on Windows, and nowhere else. */
  readonly launchers?: Launchers | undefined;
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
  const { python, executable, wheels, prefix, warn, launchers } = contents;
  const windows = launchers !== undefined;
  const layout = envLayout(python, windows);
  const tree = new LinkTree({
    linksFolders: contents.links.folders,
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

  text("pyvenv.cfg", pyvenvCfg(python, executable, windows));
  text(windows ? "pip.ini" : "pip.conf", pipConfiguration);
  if (launchers) addWindowsPython(python, executable, launchers, addFile);
  else addPython(layout, executable, addFile);
  for (const [name, script] of Object.entries(activateScripts(prefix, windows))) {
    text(`${layout.scripts}/${name}`, script);
  }
  // Debian's free-threaded Pythons look for packages under the name without `t`, in Envs too.
  const [, libraries = "", name = ""] = /^(.*\/)([^/]+)t\/site-packages$/.exec(layout.sitePackages) ?? [];
  if (name !== "" && python.paths.purelib === `${libraries}${name}/site-packages`)
    addFile(libraries + name, "posy", (file) => symlinkSync(`${name}t`, file));
  for (const wheel of wheels) {
    if (launchers) addWindowsScripts(wheel, join(prefix, layout.python), launchers, addFile);
    else addScripts(wheel, scriptHead(join(prefix, layout.python)), addFile);
  }
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
function pyvenvCfg(python: Interpreter, executable: string, windows: boolean): string {
  return [
    `home = ${dirname(executable)}`,
    "include-system-site-packages = false",
    `version = ${python.version}`,
    `executable = ${executable}`,
    ...(windows ? baseExecutable(python, executable) : []),
    "",
  ].join("\n");
}

/** Reserves a path in the Env for a file, which `write` writes later. */
export type AddFile = (path: string, owner: string, write: (file: string) => void) => void;

function addPython(layout: EnvLayout, executable: string, addFile: AddFile): void {
  addFile(layout.python, "posy", (file) => symlinkSync(executable, file));
  for (const name of layout.pythonNames)
    addFile(`bin/${name}`, "posy", (file) => symlinkSync("python", file));
}

function addScripts({ manifest, dir }: StoredWheel, head: string, addFile: AddFile): void {
  const owner = manifest.name;
  for (const target of manifest.launchers) {
    const content = launcherText(head, target);
    addFile(`bin/${target.name}`, owner, (file) => writeFileSync(file, content, { mode: 0o777 }));
  }
  for (const [path, kind] of Object.entries(manifest.scripts)) {
    const source = join(dir, "scripts", path);
    addFile(`bin/${path}`, owner, (file) => {
      // A hard link, not a symbolic one: a program that resolves its own path then ends up in the Env.
      if (kind === "other") linkFile(source, file);
      else writeFileSync(file, rewrittenScript(head, readFileSync(source)), { mode: 0o777 });
    });
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
