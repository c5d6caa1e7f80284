import { lstat, mkdir, readdir } from "node:fs/promises";
import { documented, flatTree, manifestName, writeFolder } from "../../application/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { timed } from "../../report/timings.ts";
import { type OperationContext, warn } from "../../settings/index.ts";
import { asPosyError, errnoOf } from "../../system/fs/index.ts";
import { type ApplicationOptions, openApplication } from "./open-application.ts";
import { oldestGlibc, wheelTags } from "./oldest-glibc.ts";
import { preparedTree, type PreparationOptions, type PreparedTree } from "./prepared-tree.ts";
import { writeArchives } from "./write-archives.ts";
import { writeBeside } from "./write-beside.ts";
import { minorOf } from "../../vocab/version/index.ts";

/** Options of `exportFolder`. At least one of `dir`, `tar` and `zip` is given. Paths are absolute. */
export type ExportFolderOptions = ApplicationOptions &
  PreparationOptions & {
    /** The folder to write. */
    readonly dir?: string | undefined;
    /** The tar archive to write, compressed if its name says so; `-` is `output`. */
    readonly tar?: string | undefined;
    /** The zip to write. */
    readonly zip?: string | undefined;
    /** Where `tar: "-"` is written. */
    readonly output?: ((bytes: Uint8Array) => Promise<void>) | undefined;
    /** How the files of a folder are made. The default is `copy`. */
    readonly link?: "copy" | "hardlink" | undefined;
    /** Replace a folder that an earlier export has made. */
    readonly force?: true | undefined;
    /** Only the packages, as `pip install --target` lays them out. Archives have no folder around them. */
    readonly packagesOnly?: true | undefined;
  };

/** What was written. */
export interface ExportedFolder {
  readonly name: string;
  readonly platform: string;
  /** The Python that the packages need; undefined if the interpreter is among the files. */
  readonly python: string | undefined;
  /** Absolute paths of what was written. */
  readonly written: readonly string[];
  readonly programs: readonly { readonly name: string; readonly path: string }[];
  /** Number of files. */
  readonly files: number;
  /** Bytes. */
  readonly size: number;
  /** The oldest glibc that it runs with, for Linux with glibc: `2.35`. */
  readonly glibc: string | undefined;
  /** What `strip` has removed. */
  readonly removed: PreparedTree["removed"];
}

/**
 * Writes an application as a folder, a tar archive, a zip, or several of them. They are written beside and renamed, so
 * a failure leaves nothing. Throws `usage` for several platforms, `file-exists` for a folder that is not empty, and
 * what `openApplication` throws.
 */
export async function exportFolder(
  requirements: readonly string[],
  options: ExportFolderOptions,
  context: OperationContext,
): Promise<ExportedFolder> {
  const { dir, tar, zip, platform = [], link = "copy", force, output, packagesOnly } = options;
  if (new Set(platform).size > 1) {
    throw new PosyError("usage", "a folder or an archive is for one platform", {
      hint: "export once for each `--platform`",
    });
  }
  const replacesFolder = dir !== undefined && (await checkFolder(dir, force === true, context.cwd));
  for (const path of [tar, zip]) if (path !== undefined && path !== "-") await checkFile(path);
  await using opened = await openApplication(requirements, options, context);
  const { name, posy } = opened;
  const [planned] = opened.trees;
  if (planned === undefined) throw new Error("an application has a platform");
  await using prepared = await preparedTree(planned, options, posy);
  const flat = packagesOnly
    ? await flatTree(prepared.tree, (message) => warn(context, message))
    : prepared.tree;
  const { tree, size } = await documented(flat, opened);
  const written: string[] = [];
  await writeArchives(tree, { tar, zip, output, isFlat: packagesOnly }, context);
  if (dir !== undefined) {
    const onCopied = () =>
      warn(context, "the files can't be hard-linked from the store to that disk: they were copied");
    await writeBeside(
      dir,
      async (beside) => {
        await mkdir(beside);
        await timed(context.reporter, "write application", undefined, () =>
          writeFolder(tree, beside, { link, onCopied }),
        );
      },
      { replacesFolder },
    );
    written.push(dir);
  }
  for (const path of [tar, zip]) if (path !== undefined && path !== "-") written.push(path);
  return {
    name,
    platform: tree.target.platform,
    written,
    programs: tree.programs.map((program) => ({ name: program.name, path: program.path })),
    files: tree.entries.length,
    size,
    python: packagesOnly && minorOf(tree.target.python.version),
    glibc: oldestGlibc(packagesOnly ? wheelTags(tree.target) : tree.target.python.platformTags),
    removed: prepared.removed,
  };
}

/**
 * Checks the folder that is to be written, and returns whether it replaces an earlier export. Throws `file-exists` if
 * something else is there.
 */
async function checkFolder(dir: string, force: boolean, cwd: string): Promise<boolean> {
  const refuse = (what: string, hint: string) => new PosyError("file-exists", `\`${dir}\` ${what}`, { hint });
  let names: readonly string[];
  try {
    if (!(await lstat(dir)).isDirectory()) throw refuse("exists and is not a folder", "name another folder");
    names = await readdir(dir);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return false;
    throw asPosyError(error, `looking at \`${dir}\``);
  }
  if (dir === cwd) throw refuse("is the current folder, which can't be replaced", "name a folder in it");
  if (names.length === 0) return false;
  if (!names.includes(manifestName)) throw refuse("is not empty", "name a folder that does not exist yet");
  if (force) return true;
  throw refuse("has an earlier export", "`--force` replaces it");
}

/** Throws `file-exists` if something that is not a file is at the path of an archive. A file is replaced. */
async function checkFile(path: string): Promise<void> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats?.isDirectory())
    throw new PosyError("file-exists", `\`${path}\` is a folder`, { hint: "name a file" });
}
