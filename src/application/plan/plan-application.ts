import { posix } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { addWheelFiles, contentOf, type FolderNode, LinkTree } from "../../forest/envs/index.ts";
import { loadLaunchers } from "../../forest/launchers/index.ts";
import type { StoredTarget } from "../../forest/index.ts";
import type { StoredWheel } from "../../forest/wheels/index.ts";
import type { BlueprintTarget, Interpreter } from "../../model/index.ts";
import type { ApplicationProgram, ApplicationTree } from "../tree/index.ts";
import { addedScript, type ApplicationScript } from "./added-script.ts";
import { addDistInfo } from "./dist-info.ts";
import { addEntryPoint, type EntryPoint } from "./entry-point.ts";
import { addInterpreter } from "./interpreter-files.ts";
import { type ApplicationLayout, applicationLayout } from "./layout.ts";
import { addPrograms, type ProgramContext } from "./programs.ts";
import { startOfOwnPython, startOfUsersPython } from "./movable-head.ts";
import { treeEntries } from "./tree-entries.ts";
import { minorOf } from "../../vocab/version/index.ts";

export interface PlanJob {
  readonly target: BlueprintTarget;
  /** Its wheels, and its interpreter unless only the packages are wanted. */
  readonly stored: Pick<StoredTarget, "wheels"> & Partial<Pick<StoredTarget, "interpreter">>;
  /** Further programs (`--entry-point`). They replace programs of packages with the same name. */
  readonly entryPoints?: readonly EntryPoint[];
  /** A script that becomes a program. */
  readonly script?: ApplicationScript | undefined;
  readonly warn: (message: string) => void;
}

/** The file that keeps packages in the user's home folder out of an application. */
const siteFile = "posy-application.pth";

/**
 * `site` reads `.pth` files after the packages of the user's home folder are on the path, so this line takes them off
 * again. The launchers pass `-s`, which does it earlier; this is for `bin/python` itself, and for the processes that a
 * program starts with `sys.executable`.
 */
const siteLine =
  "import sys, site; site.ENABLE_USER_SITE and site.USER_SITE in sys.path and sys.path.remove(site.USER_SITE)\n";

/**
 * Plans an application. The packages are in the interpreter's own site-packages. Files that depend on a folder or on
 * this machine are made again or left out, so the same target has the same files everywhere. Without an interpreter,
 * programs start the user's own one, and on Windows there are none. Throws `no-interpreter`
 * for a Python that is only installed on this machine, and `not-found` for an entry point whose module is missing.
 */
export async function planApplication(job: PlanJob): Promise<ApplicationTree> {
  const { target, stored, entryPoints = [], script, warn } = job;
  const { python, platform } = target;
  const { interpreter } = stored;
  if (interpreter !== undefined) requireMovable(python);
  const layout = applicationLayout(python);
  const tree = new LinkTree({
    linksFolders: false,
    mustBeReal: () => true,
    conflict: (path, kept, dropped) => {
      if (kept !== dropped)
        warn(`\`${kept}\` and \`${dropped}\` both bring \`${path}\`: the file of \`${kept}\` is used`);
    },
    foldNames: layout.windows || platform.startsWith("macos-"),
  });
  if (interpreter !== undefined) addInterpreter(interpreter.root, python, tree);
  const programs = new Map<string, ApplicationProgram>();
  const context: ProgramContext = {
    layout,
    start:
      interpreter === undefined
        ? startOfUsersPython(minorOf(python.version))
        : startOfOwnPython(interpreterProgram(tree, layout)),
    launchers: layout.windows ? await loadLaunchers(platform) : undefined,
    programs,
    addFile: (path, owner, file) => tree.addOwn(path, owner, file),
  };
  // A launcher for Windows starts the interpreter beside it.
  const hasLaunchers = interpreter !== undefined || !layout.windows;
  if (!hasLaunchers && (entryPoints.length > 0 || script !== undefined))
    warn("packages for Windows have no programs without an interpreter: start a module with `python -m`");
  if (hasLaunchers) for (const entryPoint of entryPoints) addEntryPoint(entryPoint, context);
  if (hasLaunchers && script !== undefined) addedScript(script, context);
  for (const whole of stored.wheels) {
    const wheel = hasLaunchers ? whole : withoutPythonPrograms(whole);
    const scripts = addPrograms(wheel, context);
    addDistInfo(wheel, scripts, layout, tree);
    addWheelFiles(wheel, tree, layout);
  }
  if (interpreter !== undefined)
    tree.addOwn(`${layout.sitePackages}/${siteFile}`, "posy", contentOf(siteLine));
  const entries = treeEntries(tree.root, layout);
  const planned: ApplicationTree = {
    target,
    entries,
    programs: [...programs.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    python: layout.python,
    sitePackages: layout.sitePackages,
  };
  for (const entryPoint of entryPoints) checkEntryPoint(entryPoint, planned, layout);
  return planned;
}

/** Returns a wheel without the programs that need an interpreter to start them. */
function withoutPythonPrograms(wheel: StoredWheel): StoredWheel {
  const { manifest } = wheel;
  const scripts = Object.fromEntries(Object.entries(manifest.scripts).filter(([, kind]) => kind === "other"));
  return { ...wheel, manifest: { ...manifest, launchers: [], scripts } };
}

/** Returns the file name of the program that `bin/python` links to. Launchers start it without the detour. */
function interpreterProgram({ root }: LinkTree, { python, scripts }: ApplicationLayout): string {
  let folder: FolderNode | undefined = root;
  for (const name of scripts.split("/")) {
    const child: ReturnType<FolderNode["children"]["get"]> = folder?.children.get(name);
    folder = child?.kind === "folder" ? child : undefined;
  }
  let name = posix.basename(python);
  for (let links = 0; links < 8; links++) {
    const child = folder?.children.get(name);
    if (child?.kind !== "own" || child.file.kind !== "symlink" || child.file.target.includes("/")) break;
    name = child.file.target;
  }
  return name;
}

/** Throws `not-found` unless the module of an entry point is a file of the application. */
function checkEntryPoint(
  { name, module }: EntryPoint,
  { entries }: ApplicationTree,
  { sitePackages, stdlib }: ApplicationLayout,
): void {
  const path = module.replaceAll(".", "/");
  const [top = ""] = path.split("/");
  const isModule = (folder: string, file: string) =>
    file === `${folder}/${path}.py` ||
    file.startsWith(`${folder}/${path}/`) ||
    (file.startsWith(`${folder}/${path}.`) && /\.(so|pyd)$/.test(file));
  const folders = [sitePackages, stdlib];
  if (entries.some((entry) => folders.some((folder) => isModule(folder, entry.path)))) return;
  const hasTop = entries.some((entry) => entry.path.startsWith(`${sitePackages}/${top}/`));
  throw new PosyError(
    "not-found",
    `the entry point \`${name}\` calls \`${module}\`, and there is no such module`,
    {
      hint: hasTop
        ? `the package \`${top}\` is there: check the rest of the name`
        : "add the package that has it to the requirements, or check the name",
    },
  );
}

/** Throws `no-interpreter` for a Python that is only installed on this machine. */
export function requireMovable({ source, version }: Interpreter): void {
  if (source.kind !== "adopted") return;
  throw new PosyError(
    "no-interpreter",
    `Python ${version} is installed on this machine, and can't be moved to another`,
    {
      hint: "choose a Python that Posy can download (`posy python list`), or make a movable one of it: `posy pybi pack`",
    },
  );
}
