import { dirname } from "node:path";
import type { Blueprint } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { isFolder, withoutEditables, withoutPackages } from "./without-packages.ts";
import { lockOfBlueprint, type Pylock } from "../../lockfile/index.ts";
import { parsePackageName } from "../../vocab/requirement/index.ts";
import { type ExportFormat, exportText } from "./export-text.ts";
import { type ExportedPart, exportedForeign, exportedLock } from "./exported-lock.ts";
import { type LockFile, lockFileAmong } from "../foreign-lock.ts";
import { shownPath } from "../project-change.ts";
import { openProjectIfAny } from "../project-session.ts";
import type { ProjectSettings } from "../project-settings.ts";
import {
  type AskedOptions,
  checkHashesOf,
  openInputs,
  openPosyFor,
  type OperationContext,
  type ProjectOptions,
  readAsked,
  type Settings,
  warn,
} from "../../settings/index.ts";
import type { Posy } from "../../posy.ts";

export type ExportOptions = AskedOptions &
  ProjectOptions & {
    readonly format: ExportFormat;
    /** The file that the text will be written to, absolute: paths in it are relative to its folder. */
    readonly output?: string | undefined;
    /** False with `--no-hashes`. */
    readonly hashes: boolean;
    /** False with `--no-annotate`. */
    readonly annotate: boolean;
    /** False with `--no-editable`. */
    readonly editable: boolean;
    readonly noEmitProject?: true;
    readonly noEmitPackage?: readonly string[];
  };

/**
 * The lock of the project that the current folder is in, or what requirements come to, as text for other tools. Installs and
 * writes nothing but a lock that is not up to date.
 */
export async function exportPackages(
  requirements: readonly string[],
  options: ExportOptions,
  context: OperationContext,
): Promise<string> {
  const { cwd, environment } = context;
  const { output, format } = options;
  const isAsked = requirements.length + (options.requirements ?? []).length > 0;
  const inputs = openInputs(environment, cwd);
  const lockFile = await lockFileAmong(options.requirements, requirements, options, inputs, context);
  await using session = isAsked || options.noProject ? undefined : await openSession(options, context);
  const project = await session?.settings(options.env, listsOf(options));
  if (project === undefined) {
    if (!isAsked) throw nothingToExport();
    refuseProjectOptions(options, lockFile);
  } else if (output === project.lockPath) {
    throw new PosyError("usage", `\`${shownPath(output, cwd)}\` is the project's own lock`, {
      hint: "`posy lock` writes it; another lock file needs another name",
    });
  }
  const folder = output === undefined ? (project?.project.folder ?? cwd) : dirname(output);
  const { requirements: _files, ...others } = options;
  const settings = project ?? (await readAsked(requirements, lockFile ? others : options, context));
  await using posy = await openPosyFor(settings, context);
  const part = partOf(options, folder);
  const exported = lockFile
    ? await exportedForeign(lockFile, settings.brief, part, posy)
    : project
      ? await exportedLock(project, part, posy)
      : await resolvedLock(settings, folder, posy);
  const lock = withoutUnwanted(exported.lock, options, project, folder);
  if (format === "requirements") warnOfPip(lock, options, context);
  const { hashes, annotate } = options;
  return exportText(format, lock, exported.blueprint, { folder, hashes, annotate, db: posy.db });
}

/** A part of the lock is exported: which part does not change what the project asks for. */
function openSession(
  { platform: _platform, python: _python, pythonVersion: _version, ...options }: ExportOptions,
  context: OperationContext,
) {
  return openProjectIfAny(options, context);
}

function listsOf({ group, extra }: ExportOptions) {
  return { ...(group && { group }), ...(extra && { extra }) };
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
  { platform, python, pythonVersion, frozen, group, extra, format }: ExportOptions,
  folder: string,
): ExportedPart {
  const keepsGroups = format === "pylock";
  const lists = { groups: group, extras: extra };
  return { platforms: platform, python: python ?? pythonVersion, frozen, ...lists, keepsGroups, folder };
}

/** The lock without what is to be left out. */
function withoutUnwanted(
  lock: Pylock,
  { noEmitProject, noEmitPackage = [], editable }: ExportOptions,
  settings: ProjectSettings | undefined,
  folder: string,
): Pylock {
  const names = new Set(noEmitPackage.map(parsePackageName));
  const own = noEmitProject ? settings?.project.folder : undefined;
  const rest = withoutPackages(
    lock,
    (entry) => names.has(entry.name) || (own !== undefined && isFolder(entry, own, folder)),
  );
  return editable ? rest : withoutEditables(rest);
}

/** As soon as one package has a hash, pip wants a hash of every package, and folders and repositories have none. */
function warnOfPip({ packages }: Pylock, { hashes }: ExportOptions, context: OperationContext): void {
  const without = packages.filter(({ source }) => source.kind === "directory" || source.kind === "vcs");
  const [first] = without;
  if (!hashes || first === undefined || without.length === packages.length) return;
  warn(
    context,
    `pip takes no folders and repositories (\`${first.name}\`) beside hashes: leave out the hashes (\`--no-hashes\`) or those (\`--no-emit-project\`, \`--no-emit-package\`); uv takes both`,
  );
}

function nothingToExport(): PosyError {
  return new PosyError("usage", "`posy export` needs something to export", {
    hint: "in a project its lock is written; elsewhere name requirements, or a file with them: `posy export numpy`, `posy export -r requirements.in`",
  });
}

function refuseProjectOptions(
  { env, group, extra, frozen, noEmitProject }: ExportOptions,
  lockFile: LockFile | undefined,
): void {
  const asked = [
    env !== undefined && "--env",
    group && !lockFile && "--group",
    extra && !lockFile && "--extra",
    frozen && "--frozen",
    noEmitProject && "--no-emit-project",
  ].find(Boolean);
  if (asked === undefined) return;
  throw new PosyError("usage", `\`${asked}\` is of a project's lock, and requirements were named instead`, {
    hint: "leave out one or the other",
  });
}
