import { readFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import type { Interpreter } from "../../../model/index.ts";
import { activateScripts } from "./activate-scripts.ts";
import { composeDistInfo } from "./compose-dist-info.ts";
import type { DiskLinks } from "../disk-links.ts";
import { type EnvLayout, envLayout } from "../env-layout.ts";
import { launcherText, rewrittenScript, scriptHead } from "./launcher.ts";
import { type FolderNode, LinkTree } from "./link-tree.ts";
import { type AddFile, contentOf, programOf } from "./own-file.ts";
import { pipConfiguration } from "./pip-conf.ts";
import { recordName } from "./record-name.ts";
import { addWindowsPython, addWindowsScripts, baseExecutable } from "./windows-programs.ts";
import { addWheelFiles } from "./wheel-files.ts";
import type { Launchers } from "../../launchers/index.ts";
import type { StoredWheel } from "../../wheels/index.ts";

export interface EnvContents {
  readonly python: Interpreter;
  /** Absolute path of the interpreter that the Env refers to. */
  readonly executable: string;
  /** Sorted by name, as the pins are. */
  readonly wheels: readonly StoredWheel[];
  /** The final path of the Env, which scripts contain. */
  readonly prefix: string;
  readonly warn: (message: string) => void;
  /** The content of `posy-blueprint.json` (`env-record.ts`). */
  readonly record: string;
  /** The links that the disk can have. */
  readonly links: DiskLinks;
  /** The `data` folders of shared stores: nothing in them is changed. */
  readonly readOnlyStores?: readonly string[];
  /** The programs that start Python and scripts. Given for an Env on Windows, and nowhere else. */
  readonly launchers?: Launchers | undefined;
}

/** What an Env consists of. It is written by `write-env.ts`, and compared with the disk by `verify-env.ts`. */
export interface EnvPlan {
  readonly root: FolderNode;
  /** The folders to which nothing may be added, relative to the prefix. */
  readonly sealed: readonly string[];
  /** Further folders that are read-only. */
  readonly readOnly: readonly string[];
  /** Whether a package of the Env resolves links: then no file is a symbolic link. */
  readonly resolvesLinks: boolean;
}

/**
 * Packages that resolve links to learn which files are installed packages. coverage would measure all of them as the
 * project's own code; PyInstaller would put libraries into other folders than their wheels have. In an Env with one of
 * these, every folder of a package is real and every file is a hard link, as with uv.
 */
const linkResolvers: ReadonlySet<string> = new Set(["coverage", "pyinstaller"]);

/**
 * Plans an Env. It is synchronous because it consists of a few hundred small calls (5–10 ms for Jupyter's wheels), and
 * interleaving them gains nothing. The only things that it writes are folders for bytecode in the user's own store.
 */
export function planEnv(contents: EnvContents): EnvPlan {
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
    foldNames: windows || contents.links.ignoresCase,
    isReadOnly: (path) => isInStores(path, contents),
  });
  const addFile: AddFile = (path, owner, file) => tree.addOwn(path, owner, file);

  addFile("pyvenv.cfg", "posy", contentOf(pyvenvCfg(python, executable, windows)));
  addFile(recordName, "posy", contentOf(contents.record));
  addFile(windows ? "pip.ini" : "pip.conf", "posy", contentOf(pipConfiguration));
  if (launchers) addWindowsPython(python, executable, launchers, addFile);
  else addPython(layout, executable, addFile);
  for (const [name, script] of Object.entries(activateScripts(prefix, windows))) {
    addFile(`${layout.scripts}/${name}`, "posy", contentOf(script));
  }
  // Debian's free-threaded Pythons look for packages under the name without `t`, in Envs too.
  const [, libraries = "", name = ""] = /^(.*\/)([^/]+)t\/site-packages$/.exec(layout.sitePackages) ?? [];
  if (name !== "" && python.paths.purelib === `${libraries}${name}/site-packages`)
    addFile(libraries + name, "posy", { kind: "symlink", target: `${name}t` });
  // Fedora's Pythons look for compiled modules in lib64; `venv` links it as well.
  if (!windows && python.paths.platlib.startsWith("lib64/"))
    addFile("lib64", "posy", { kind: "symlink", target: "lib" });
  for (const wheel of wheels) {
    if (launchers) addWindowsScripts(wheel, join(prefix, layout.python), launchers, addFile);
    else addScripts(wheel, scriptHead(join(prefix, layout.python)), addFile);
  }
  const deep = wheels.some(({ manifest }) => linkResolvers.has(manifest.name));
  for (const wheel of wheels) {
    composeDistInfo(wheel, tree, layout, addFile);
    addWheelFiles(wheel, tree, layout, deep);
  }
  tree.addFolder(layout.sitePackages);
  tree.addBytecodeFolders();
  return { root: tree.root, ...tree.sealedFolders(layout.sitePackages), resolvesLinks: deep };
}

/** Whether a path is in a shared store. */
export function isInStores(
  path: string,
  { readOnlyStores = [] }: Pick<EnvContents, "readOnlyStores">,
): boolean {
  return readOnlyStores.some((data) => path.startsWith(data + sep));
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

function addPython(layout: EnvLayout, executable: string, addFile: AddFile): void {
  addFile(layout.python, "posy", { kind: "symlink", target: executable });
  for (const name of layout.pythonNames)
    addFile(`bin/${name}`, "posy", { kind: "symlink", target: "python" });
}

function addScripts({ manifest, dir }: StoredWheel, head: string, addFile: AddFile): void {
  const owner = manifest.name;
  for (const target of manifest.launchers) {
    addFile(
      `bin/${target.name}`,
      owner,
      programOf(() => launcherText(head, target)),
    );
  }
  for (const [path, kind] of Object.entries(manifest.scripts)) {
    const source = join(dir, "scripts", path);
    // A hard link, not a symbolic one: a program that resolves its own path then ends up in the Env.
    if (kind === "other") addFile(`bin/${path}`, owner, { kind: "file", source });
    else
      addFile(
        `bin/${path}`,
        owner,
        programOf(() => rewrittenScript(head, readFileSync(source))),
      );
  }
}
