import { basename, dirname, resolve } from "node:path";
import type { Blueprint } from "../../model/blueprint.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { isFolder, withoutEditables, withoutPackages } from "../../operations/export/without-packages.ts";
import { isLockName } from "../../lockfile/lock-name.ts";
import { lockOfBlueprint } from "../../lockfile/from-blueprint/lock-of-blueprint.ts";
import type { Pylock } from "../../lockfile/pylock.ts";
import { writeAtomic } from "../../system/fs/files.ts";
import { parsePackageName } from "../../vocab/requirement/name.ts";
import { type ExportFormat, exportFormats, exportText } from "../../operations/export/export-text.ts";
import { type ExportedPart, exportedForeign, exportedLock } from "../../operations/export/exported-lock.ts";
import { type LockFile, lockFileAmong } from "../../operations/foreign-lock.ts";
import { readProjectSettings, type ProjectSettings } from "../../operations/project-settings.ts";
import { choose } from "../../text/choose.ts";
import { checkHashesOf } from "../../settings/hash-mode.ts";
import { openInputs } from "../../settings/inputs.ts";
import { openPosyFor } from "../../settings/open-posy-for.ts";
import { type AskedOptions, readAsked } from "../../settings/read-asked.ts";
import type { CommandContext } from "./command.ts";
import type { ProjectOptions } from "../../settings/options.ts";

export type ExportOptions = AskedOptions &
  ProjectOptions & {
    readonly format?: string;
    readonly output?: string;
    /** False with `--no-hashes`. */
    readonly hashes: boolean;
    /** False with `--no-annotate`. */
    readonly annotate: boolean;
    /** False with `--no-editable`. */
    readonly editable: boolean;
    readonly noEmitProject?: true;
    readonly noEmitPackage?: readonly string[];
  };

/** What is written, before it is put into the words of a format. */
interface Found {
  readonly lock: Pylock;
  readonly blueprint: Blueprint;
}

/** uv has the names of files. */
const otherNames: Readonly<Record<string, ExportFormat>> = {
  "requirements.txt": "requirements",
  "requirements-txt": "requirements",
  "pylock.toml": "pylock",
  "cyclonedx1.5": "cyclonedx",
};

/** `posy export`: the project's lock, or what requirements come to, written for other tools. Nothing is installed. */
export async function exportCommand(
  typed: readonly string[],
  options: ExportOptions,
  context: CommandContext,
): Promise<number> {
  const { console, cwd, environment } = context;
  const output = options.output === undefined ? undefined : resolve(cwd, options.output);
  const written = options.format ?? "requirements";
  const format: ExportFormat = otherNames[written] ?? choose("--format", written, exportFormats);
  if (format === "pylock" && output !== undefined) checkLockName(output);
  const asked = typed.length + (options.requirements ?? []).length > 0;
  const inputs = openInputs(environment, cwd);
  const lockFile = await lockFileAmong(options.requirements, typed, options, inputs, console);
  const project = asked || options.noProject ? undefined : await projectOf(options, context);
  if (project === undefined) {
    if (!asked) throw nothingToExport();
    refuseProjectOptions(options, lockFile);
  } else if (output === project.lockPath) {
    throw new PosyError("usage", `\`${options.output}\` is the project's own lock`, {
      hint: "`posy lock` writes it; another lock file needs another name",
    });
  }
  const folder = output === undefined ? (project?.project.folder ?? cwd) : dirname(output);
  const { requirements: _files, ...others } = options;
  const settings = project ?? (await readAsked(typed, lockFile ? others : options, context));
  const posy = await openPosyFor(settings, { console, environment, cwd });
  try {
    const part = partOf(options, format, folder);
    const found = lockFile
      ? await exportedForeign(lockFile, settings.brief, part, posy)
      : project
        ? await exportedLock(project, part, posy)
        : await resolved();
    const lock = shaped(found.lock, options, project, folder);
    if (format === "requirements") warnOfPip(lock, options, context);
    const { hashes, annotate } = options;
    const text = await exportText(format, lock, found.blueprint, { folder, hashes, annotate, db: posy.db });
    if (output === undefined) console.print(text);
    else await writeAtomic(output, text);
  } finally {
    await posy.close();
  }
  return 0;

  async function resolved(): Promise<Found> {
    const { brief, requireHashes } = settings;
    const blueprint = await posy.resolve(brief);
    if (requireHashes) checkHashesOf(blueprint, brief);
    return { lock: await lockOfBlueprint(blueprint, { folder, db: posy.db }), blueprint };
  }
}

/** What the project asks for is not changed by which part of its lock is wanted. */
async function projectOf(
  { platform: _platform, python: _python, pythonVersion: _version, ...options }: ExportOptions,
  { console, environment, cwd }: CommandContext,
): Promise<ProjectSettings | undefined> {
  const settings = await readProjectSettings(options, openInputs(environment, cwd));
  settings?.warnings.forEach((warning) => console.warn(warning));
  return settings;
}

function partOf(
  { platform, python, pythonVersion, frozen, group, extra }: ExportOptions,
  format: ExportFormat,
  folder: string,
): ExportedPart {
  const keepsGroups = format === "pylock";
  const besides = { groups: group, extras: extra };
  return { platforms: platform, python: python ?? pythonVersion, frozen, ...besides, keepsGroups, folder };
}

/** Without what is to be left out. */
function shaped(
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

/** It wants a hash of everything as soon as there is one, and folders and repositories have none. */
function warnOfPip({ packages }: Pylock, { hashes }: ExportOptions, { console }: CommandContext): void {
  const without = packages.filter(({ source }) => source.kind === "directory" || source.kind === "vcs");
  const [first] = without;
  if (!hashes || first === undefined || without.length === packages.length) return;
  console.warn(
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

/** Other tools look for lock files by their names (PEP 751). */
function checkLockName(path: string): void {
  if (isLockName(path)) return;
  throw new PosyError("usage", `\`${basename(path)}\` is no name for a lock file`, {
    hint: "the standard has `pylock.toml` and `pylock.NAME.toml`, with a name without dots",
  });
}
