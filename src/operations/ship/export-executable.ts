import { lstat } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  type ApplicationProgram,
  type ApplicationTree,
  documented,
  type ExecutableOptions,
  type FileInformation,
  programWords,
  type Removed,
  windowsResources,
  writeAppBundle,
  writeExecutable,
  writePyz,
} from "../../application/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { timed } from "../../report/timings.ts";
import { type OperationContext, warn } from "../../settings/index.ts";
import { type ApplicationOptions, type OpenedApplication, openApplication } from "./open-application.ts";
import { preparedTree, type PreparationOptions } from "./prepared-tree.ts";
import { programNamed } from "./program-of.ts";
import { writeBeside } from "./write-beside.ts";

export type ExportExecutableOptions = ApplicationOptions &
  PreparationOptions & {
    /** The name of the program. */
    readonly app: string;
    /** The absolute path of the folder for the files. */
    readonly folder: string;
    /** The absolute path of an icon, for Windows and macOS. */
    readonly icon?: string | undefined;
    /** Write a bundle for macOS, and a program without a console window for Windows. */
    readonly windowed?: true | undefined;
  };

/** A file that was written: its absolute path, and its size in bytes. */
export interface ExportedExecutable {
  readonly path: string;
  readonly platform: string;
  readonly size: number;
  /** What `strip` has removed. */
  readonly removed: readonly Removed[];
}

/**
 * Writes an application as one file per platform: `NAME`, `NAME.exe`, or `NAME.app` for a program with windows on
 * macOS. For several platforms, the name of the platform is part of the name. Files are written beside and renamed. A
 * file contains the manifest, the bill of materials and the licences, which it unpacks with the application. Throws
 * `command-not-found` if the application has no such program, and what `openApplication` throws.
 */
export async function exportExecutable(
  requirements: readonly string[],
  options: ExportExecutableOptions,
  context: OperationContext,
): Promise<readonly ExportedExecutable[]> {
  const { app, folder } = options;
  if (!/^[\p{L}\p{N}_][\p{L}\p{N}._ -]*$/u.test(app) || app.endsWith(".") || app.length > 60) {
    throw new PosyError("usage", `\`${app}\` can't be the name of an application`, {
      hint: "use letters, digits, `-`, `_` and `.`",
    });
  }
  await using opened = await openApplication(requirements, options, context);
  const written: ExportedExecutable[] = [];
  for (const planned of opened.trees) {
    const program = programNamed(planned, app);
    await using prepared = await preparedTree(planned, options, opened.posy);
    const { tree } = await documented(withoutLinks(prepared.tree), opened);
    const gui = program.gui || options.windowed === true;
    const path = join(folder, fileName(app, tree, gui, opened.trees.length > 1));
    await checkPath(path);
    const size = await writeBeside(
      path,
      (beside) =>
        timed(context.reporter, "write application", tree.target.platform, () =>
          write(beside, tree, { ...program, gui }, opened, options),
        ),
      { replacesFolder: path.endsWith(".app") },
    );
    written.push({ path, platform: tree.target.platform, size, removed: prepared.removed });
  }
  warnOfUnusedOptions(written, options, context);
  return written;
}

/**
 * Writes a program as a zip that a Python starts, to the absolute path `pyz`. Throws `usage` for several platforms, and
 * what `exportExecutable` throws.
 */
export async function exportPyz(
  requirements: readonly string[],
  { pyz, app, ...options }: Omit<ExportExecutableOptions, "folder"> & { readonly pyz: string },
  context: OperationContext,
): Promise<ExportedExecutable> {
  if (new Set(options.platform).size > 1) {
    throw new PosyError("usage", "a `.pyz` is for one platform", {
      hint: "export once for each `--platform`",
    });
  }
  await using opened = await openApplication(requirements, options, context);
  const [planned] = opened.trees;
  if (planned === undefined) throw new Error("an application has a platform");
  const program = programNamed(planned, app);
  await checkPath(pyz);
  // The interpreter stays here, and so do its files and its licence.
  const entries = planned.entries.filter(({ owner }) => owner !== "python");
  await using prepared = await preparedTree({ ...planned, entries }, options, opened.posy);
  const { tree } = await documented(prepared.tree, opened);
  const size = await writeBeside(pyz, async (beside) => {
    await timed(context.reporter, "write application", undefined, () => writePyz(beside, tree, program));
    return (await lstat(beside)).size;
  });
  for (const option of ["icon", "windowed"] as const)
    if (options[option] !== undefined)
      warn(context, `\`--${option}\` has no effect: a \`.pyz\` is started by a Python`);
  return { path: pyz, platform: tree.target.platform, size, removed: prepared.removed };
}

/** Linux has no icons in programs and no console windows. On macOS, only a bundle has an icon. */
function warnOfUnusedOptions(
  written: readonly ExportedExecutable[],
  { icon, windowed }: ExportExecutableOptions,
  context: OperationContext,
): void {
  const forLinuxOnly = written.every(({ platform }) => platform.startsWith("linux-"));
  const takesIcon = written.some(({ path }) => path.endsWith(".exe") || path.endsWith(".app"));
  if (icon !== undefined && !takesIcon) {
    const reason = forLinuxOnly
      ? "programs for Linux have no icon"
      : "a program for macOS needs `--windowed`";
    warn(context, `\`--icon\` has no effect: ${reason}`);
  }
  if (windowed && forLinuxOnly) {
    warn(context, "`--windowed` has no effect: programs for Linux have no console window");
  }
}

function isFor(system: string, { target }: ApplicationTree): boolean {
  return target.platform.startsWith(`${system}-`);
}

function fileName(app: string, tree: ApplicationTree, gui: boolean, several: boolean): string {
  const stem = several ? `${app}-${tree.target.platform}` : app;
  if (isFor("windows", tree)) return `${stem}.exe`;
  return isFor("macos", tree) && gui ? `${stem}.app` : stem;
}

/** Making links needs a right on Windows that few users have. So they become copies there. */
function withoutLinks(tree: ApplicationTree): ApplicationTree {
  if (!isFor("windows", tree)) return tree;
  const byPath = new Map(tree.entries.map((entry) => [entry.path, entry]));
  const entries = tree.entries.flatMap((entry) => {
    if (entry.kind === "file") return [entry];
    const target = byPath.get(join(dirname(entry.path), entry.target).replaceAll("\\", "/"));
    return target?.kind === "file" ? [{ ...target, path: entry.path }] : [];
  });
  return { ...tree, entries };
}

async function write(
  path: string,
  tree: ApplicationTree,
  program: ApplicationProgram,
  { version: ofProject, project, name }: OpenedApplication,
  { app, icon }: ExportExecutableOptions,
): Promise<number> {
  const version = versionOf(tree, program) ?? ofProject;
  const information: FileInformation = { name: app, version, description: undefined, icon };
  const executable: ExecutableOptions = {
    name: app,
    python: tree.python,
    words: await programWords(tree, program),
    description: description(app, version, tree),
    gui: program.gui,
    resources: isFor("windows", tree) ? await windowsResources(information) : [],
    identifier: `${project?.name ?? name}.${app}`.replace(/[^A-Za-z0-9.-]/g, "-"),
  };
  const isBundle = isFor("macos", tree) && program.gui;
  if (isBundle) await writeAppBundle(path, tree, executable, information);
  else await writeExecutable(path, tree, executable);
  return (await lstat(isBundle ? join(path, "Contents", "MacOS", app) : path)).size;
}

/** Returns the version of the package that brings a program. */
function versionOf(tree: ApplicationTree, program: ApplicationProgram): string | undefined {
  const owner = tree.entries.find(({ path }) => path === program.path)?.owner;
  return tree.target.packages.find((pin) => pin.name === owner)?.version;
}

/** The text of `--posy-info`. */
function description(app: string, version: string | undefined, tree: ApplicationTree): string {
  const { python, packages, platform } = tree.target;
  const lines = [
    `${app}${version === undefined ? "" : ` ${version}`}`,
    `platform: ${platform}`,
    `Python ${python.version}`,
    ...packages.map((pin) => `${pin.name} ${pin.version}`),
  ];
  return `${lines.join("\n")}\n`;
}

/** Throws `file-exists` if a folder that is no bundle is at the path. Files and bundles are replaced. */
async function checkPath(path: string): Promise<void> {
  const existing = await lstat(path).catch(() => undefined);
  if (!existing?.isDirectory() || path.endsWith(".app")) return;
  throw new PosyError("file-exists", `\`${path}\` is a folder`, {
    hint: "choose another folder with `--output`",
  });
}
