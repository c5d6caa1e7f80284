import { dirname } from "node:path";
import type { Blueprint } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { isFolder, withoutEditables, withoutPackages } from "./without-packages.ts";
import { lockOfBlueprint, type Pylock } from "../../lockfile/index.ts";
import { parsePackageName } from "../../vocab/requirement/index.ts";
import { type ExportFormat, exportText } from "./export-text.ts";
import { type ExportedPart, exportedForeign, exportedLock } from "./exported-lock.ts";
import { openSelection } from "./open-selection.ts";
import { indexOptionLines } from "./index-options.ts";
import { shownPath } from "../locking/project-change.ts";
import type { ProjectSettings } from "../session/project-settings.ts";
import {
  type AskedOptions,
  checkHashesOf,
  type OperationContext,
  type ProjectOptions,
  type Settings,
  warn,
} from "../../settings/index.ts";
import type { Posy } from "../../posy.ts";

/** Options of `exportPackages`. */
export type ExportOptions = AskedOptions &
  ProjectOptions & {
    /** The format of the text: `requirements`, `pylock`, `constraints` or `cyclonedx`. */
    readonly format: ExportFormat;
    /**
     * The absolute path of the file that the text will be written to. Paths in a lock file are relative to its folder.
     * Paths in a requirements file are relative to the folder of the project, because pip resolves them from the folder
     * that it is started in.
     */
    readonly output?: string | undefined;
    /** Write hashes. False for `--no-hashes`. */
    readonly hashes: boolean;
    /** Write comments that name the packages that ask for a package. False for `--no-annotate`. */
    readonly annotate: boolean;
    /** Keep editable projects editable. False for `--no-editable`. */
    readonly editable: boolean;
    /**
     * Write options that name the indexes. By default they are written if a package does not come from the public
     * index.
     */
    readonly emitIndexUrl?: boolean;
    /** Leave out the project itself. */
    readonly noEmitProject?: true;
    /** Names of packages to leave out. */
    readonly noEmitPackage?: readonly string[];
  };

/**
 * Returns the lock of the project that `context.cwd` is in, or the resolved requirements, as text for other tools. It
 * installs nothing. The only file that it writes is a lock of the project that is not up to date. Throws `usage` if
 * there is nothing to export or if the options contradict each other, and what resolving throws.
 */
export async function exportPackages(
  requirements: readonly string[],
  options: ExportOptions,
  context: OperationContext,
): Promise<string> {
  const { cwd } = context;
  const { output, format } = options;
  await using selection = await openSelection(
    requirements,
    options,
    { nothing: nothingToExport, ofProject: options.noEmitProject ? ["--no-emit-project"] : [] },
    context,
  );
  const { project, lockFile, settings, posy } = selection;
  if (output !== undefined && output === project?.lockPath) {
    throw new PosyError("usage", `\`${shownPath(output, cwd)}\` is the project's own lock`, {
      hint: "`posy lock` writes it; another lock file needs another name",
    });
  }
  const isForPip = format === "requirements" || format === "constraints";
  const folder = output === undefined || isForPip ? (project?.project.folder ?? cwd) : dirname(output);
  const part = partOf(options, folder);
  const exported = lockFile
    ? await exportedForeign(lockFile, settings.brief, part, posy)
    : project
      ? await exportedLock(project, part, posy)
      : await resolvedLock(settings, folder, posy);
  const lock = withoutUnwanted(exported.lock, options, project, folder);
  if (format === "requirements") warnOfPip(lock, options, context);
  const { hashes, annotate, emitIndexUrl } = options;
  const indexContext = { index: settings.index, folder, always: emitIndexUrl === true };
  const indexOptions =
    format === "requirements" && emitIndexUrl !== false ? await indexOptionLines(lock, indexContext) : [];
  return exportText(format, lock, exported.blueprint, {
    folder,
    hashes,
    annotate,
    indexOptions,
    db: posy.db,
  });
}

async function resolvedLock(
  { brief, requireHashes }: Settings,
  folder: string,
  posy: Posy,
): Promise<{ readonly lock: Pylock; readonly blueprint: Blueprint }> {
  const blueprint = await posy.resolve(brief);
  if (requireHashes) checkHashesOf(blueprint, brief);
  return { lock: await lockOfBlueprint(blueprint, { folder, db: posy.db }), blueprint };
}

function partOf(
  { platform, python, pythonVersion, frozen, locked, group, extra, format }: ExportOptions,
  folder: string,
): ExportedPart {
  const keepsGroups = format === "pylock";
  const lists = { groups: group, extras: extra };
  return {
    platforms: platform,
    python: python ?? pythonVersion,
    frozen,
    locked,
    ...lists,
    keepsGroups,
    folder,
  };
}

/** Returns the lock without the packages that the options leave out. */
function withoutUnwanted(
  lock: Pylock,
  { noEmitProject, noEmitPackage = [], editable }: ExportOptions,
  settings: ProjectSettings | undefined,
  folder: string,
): Pylock {
  const names = new Set(noEmitPackage.map(parsePackageName));
  const projectFolder = noEmitProject ? settings?.project.folder : undefined;
  const rest = withoutPackages(
    lock,
    (entry) =>
      names.has(entry.name) || (projectFolder !== undefined && isFolder(entry, projectFolder, folder)),
  );
  return editable ? rest : withoutEditables(rest);
}

/**
 * Warns that pip will refuse the file: if one package has a hash, pip wants one for every package; folders and
 * repositories have none.
 */
function warnOfPip({ packages }: Pylock, { hashes }: ExportOptions, context: OperationContext): void {
  const without = packages.filter(({ source }) => source.kind === "directory" || source.kind === "vcs");
  const [first] = without;
  if (!hashes || first === undefined || without.length === packages.length) return;
  warn(
    context,
    `pip does not accept folders and repositories (\`${first.name}\`) next to hashes, uv does: leave out the hashes (\`--no-hashes\`) or those packages (\`--no-emit-project\`, \`--no-emit-package\`)`,
  );
}

function nothingToExport(): PosyError {
  return new PosyError("usage", "`posy export` needs something to export", {
    hint: "in a project its lock is written; elsewhere name requirements, or a file with them: `posy export numpy`, `posy export -r requirements.in`",
  });
}
