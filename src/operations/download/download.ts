import { dirname, join } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { type DownloadedBuild, listDownloadedBuilds } from "../../builder/index.ts";
import { blueprintOfPylock } from "../../lockfile/index.ts";
import type { BlueprintTarget } from "../../model/index.ts";
import { type AskedOptions, type OperationContext, type ProjectOptions } from "../../settings/index.ts";
import { exists } from "../../system/fs/index.ts";
import { choose } from "../../text/index.ts";
import { type PlatformName, platformNames } from "../../vocab/tags/index.ts";
import { openSelection } from "../export/open-selection.ts";
import type { LockFile } from "../locking/foreign-lock.ts";
import { wholeBlueprint } from "../ship/application-blueprint.ts";
import { writeSums } from "./sums-file.ts";
import { type WantedFile, wantedPackages } from "./wanted-files.ts";
import { wantedPythons } from "./wanted-pythons.ts";
import { type DownloadedFile, writeFiles } from "./write-files.ts";

/** The options of `download`. */
export type DownloadOptions = AskedOptions &
  ProjectOptions & {
    /** The absolute path of the folder. */
    readonly folder: string;
    /** For all platforms of the lock. */
    readonly allPlatforms?: true;
    /** Leave out the interpreters. */
    readonly noPython?: true;
    /** Only the interpreters, without packages. */
    readonly pythonOnly?: true;
  };

/** The folder of the interpreters in a folder of downloaded files: `--python-index` takes it. */
const pythonsFolder = "pythons";

/** What `download` has done. */
export interface Downloaded {
  /** Absolute. */
  readonly folder: string;
  /** The absolute folder of the interpreters; undefined if they were left out. */
  readonly pythons: string | undefined;
  readonly platforms: readonly PlatformName[];
  /** Whether the files are those of the lock of a project or a script, which `--frozen` uses. */
  readonly isLocked: boolean;
  /** Packages first, sorted by name, then the interpreters. */
  readonly files: readonly DownloadedFile[];
  /** Packages that come from folders of this machine. They are not among the files. */
  readonly local: readonly string[];
  /** Packages that come from repositories: their wheels, which were built here, are among the files. */
  readonly repositories: readonly string[];
}

/**
 * Downloads what a lock or requirements need into a folder, for machines without a network: wheels, source
 * distributions with their build requirements, and in the subfolder `pythons` the archives of interpreters. All files
 * have the names that they have on the index, and their hashes were checked. `--find-links` and `--python-index` take
 * the folders, so does `pip install --no-index --find-links`. Nothing in the folder is removed. Throws `usage` if there
 * is nothing to download, `no-interpreter` for an interpreter that no source offers, and what resolving, building and
 * fetching throw.
 */
export async function download(
  requirements: readonly string[],
  options: DownloadOptions,
  context: OperationContext,
): Promise<Downloaded> {
  const { folder, allPlatforms, noPython, pythonOnly, script } = options;
  refuseContradictions(requirements, options);
  await using selection = await openSelection(
    requirements,
    options,
    { allowsNothing: pythonOnly, nothing: nothingToDownload },
    context,
  );
  const { project, lockFile, settings, posy } = selection;
  // A script has a lock only if somebody locked it.
  const isLocked = project !== undefined && (script === undefined || (await exists(project.lockPath)));
  const platform = allPlatforms
    ? await platformsOf(lockFile, isLocked)
    : (options.platform ?? [posy.machine.platform]).map((name) => choose("--platform", name, platformNames));
  const { blueprint } = await wholeBlueprint(selection, { ...options, platform }, context.cwd);
  const targets: readonly BlueprintTarget[] = blueprint.targets;
  const packages = pythonOnly
    ? { files: [], local: [], repositories: [] }
    : await wantedPackages(targets, settings.brief, posy, context);
  // The interpreters are looked up before anything is downloaded: a missing one would make the rest useless.
  const interpreters = noPython ? [] : await wantedPythons(targets, posy);
  const pythons = noPython ? undefined : join(folder, pythonsFolder);
  const files = [...(await writeFiles(packages.files, folder, posy))];
  await listDownloadedBuilds(folder, packages.files.flatMap(buildOf));
  if (pythons !== undefined) {
    const archives = await writeFiles(interpreters, pythons, posy);
    await writeSums(pythons, archives);
    files.push(...archives);
  }
  return {
    folder,
    pythons,
    platforms: [...new Set(targets.map((target) => target.platform))],
    isLocked,
    files,
    local: packages.local,
    repositories: packages.repositories,
  };
}

function buildOf({ source, filename, download: { hashes } }: WantedFile): readonly DownloadedBuild[] {
  const { sha256 } = hashes;
  return source === undefined || sha256 === undefined ? [] : [{ source, filename, sha256 }];
}

/** Returns the platforms for `--all-platforms`; undefined means those of the project's lock. */
async function platformsOf(
  lockFile: LockFile | undefined,
  hasLock: boolean,
): Promise<readonly PlatformName[] | undefined> {
  if (lockFile === undefined && hasLock) return undefined;
  const blueprint = lockFile && (await blueprintOfPylock(lockFile.lock, dirname(lockFile.path)));
  if (blueprint !== undefined) return [...new Set(blueprint.targets.map(({ platform }) => platform))];
  throw new PosyError("usage", "`--all-platforms` needs a lock that names its platforms", {
    hint: "name the platforms with `--platform`, several times if need be",
  });
}

function refuseContradictions(
  requirements: readonly string[],
  {
    pythonOnly,
    noPython,
    script,
    platform,
    allPlatforms,
    requirements: files = [],
    pythonVersion,
  }: DownloadOptions,
): void {
  const refuse = (message: string, hint: string) => {
    throw new PosyError("usage", message, { hint });
  };
  if (pythonOnly && noPython)
    refuse("`--python-only` and `--no-python` exclude each other", "leave out one of them");
  if (pythonOnly && requirements.length + files.length > 0)
    refuse("`--python-only` leaves out all packages", "leave out the requirements, or the option");
  if (platform !== undefined && allPlatforms)
    refuse("`--platform` and `--all-platforms` exclude each other", "leave out one of them");
  if (script !== undefined && requirements.length + files.length > 0)
    refuse("a script has its own requirements", "`posy add --script` adds to them");
  if (pythonVersion !== undefined && !noPython)
    refuse(
      "`--python-version` only describes an interpreter, so there is none to download",
      "use `--python`, or leave out interpreters with `--no-python`",
    );
}

function nothingToDownload(): PosyError {
  return new PosyError("usage", "there is nothing to download", {
    hint: "in a project it is what its lock needs; elsewhere name requirements, a lock file (`-r pylock.toml`) or a script (`--script`)",
  });
}
