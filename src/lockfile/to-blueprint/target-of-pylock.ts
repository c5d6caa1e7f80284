import {
  allowsBuild,
  allowsWheel,
  type BlueprintTarget,
  buildableOfPin,
  type BuildPolicy,
  defaultBuildPolicy,
  type Interpreter,
  type PackagePin,
  parseBlueprint,
  type PinnedArtifact,
} from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { markerEnvironment, tagRanksOf } from "../../pythons/compatibility/index.ts";
import type { Sources } from "../../resolve/index.ts";
import type { Machine } from "../../system/machine/index.ts";
import { safeUrl } from "../../system/http/index.ts";
import { quote } from "../../text/index.ts";
import { parseSdistFilename, parseWheelFilename } from "../../vocab/filenames/index.ts";
import { parseVersion } from "../../vocab/version/index.ts";
import { chooseFile } from "../choose-file.ts";
import { askersOf } from "../pin-metadata-table.ts";
import { directArtifact, fileArtifact, referenceOf } from "./pin-of-entry.ts";
import { filenameOf } from "./parse-source.ts";
import type { LockedFile, LockedPackage, Pylock } from "../pylock.ts";
import { type LockChoice, selectPackages } from "../select-packages.ts";
import { parseUrl } from "../../vocab/urls/index.ts";

export interface TargetOptions extends LockChoice {
  /** The lock's folder, absolute. */
  readonly folder: string;
  /** If it has the interpreter's platform, wheels for its version of that platform fit, too. */
  readonly machine?: Machine;
  /** Which packages may be wheels, and which may be built; all of them without it. */
  readonly builds?: BuildPolicy;
  /**
   * `direct` reads source trees, whose versions a lock does not have: without it such a package is an error. `build` pins what
   * builds them and source distributions; without it growing does, as if nothing had been said of builds.
   */
  readonly sources?: Pick<Sources, "direct"> & Partial<Pick<Sources, "build">>;
}

/** An entry, and which of its files is meant where it has files. */
export interface ChosenEntry {
  readonly entry: LockedPackage;
  readonly file?: LockedFile;
}

/**
 * Returns the files that a lock has for an interpreter, from the lock's text alone. Throws `lock-mismatch` if it is
 * not for that interpreter or has no usable file.
 */
export function chooseOfPylock(
  lock: Pylock,
  python: Interpreter,
  options: Omit<TargetOptions, "sources" | "folder">,
): readonly ChosenEntry[] {
  const { machine, builds = defaultBuildPolicy } = options;
  const ranks = tagRanksOf(python, machine);
  return selectPackages(lock, markerEnvironment(python, machine), options).map((entry) => {
    const { name, source } = entry;
    if (source.kind !== "files") {
      if (isTree(source) && !allowsBuild(builds, name)) {
        throw notAllowed(`the lock has \`${name}\` as sources`, "nothing may be built");
      }
      return { entry };
    }
    const { sdist, ...files } = source;
    const may = {
      ...files,
      wheels: allowsWheel(builds, name) ? source.wheels : [],
      ...(sdist && allowsBuild(builds, name) ? { sdist } : {}),
    };
    const file = chooseFile(may, ranks);
    if (file !== undefined) return { entry, file };
    if (chooseFile(source, ranks) !== undefined) {
      if (!allowsWheel(builds, name) && !allowsBuild(builds, name)) {
        throw notAllowed(`the lock has \`${name}\``, "it may neither be built nor be taken as a wheel");
      }
      throw sdist === undefined
        ? notAllowed(`the lock has \`${name}\` as wheels only`, "it must be built")
        : notAllowed(
            `the lock has no wheel of \`${name}\` for Python ${python.version} on \`${python.platform}\``,
            "nothing may be built",
          );
    }
    throw new PosyError(
      "lock-mismatch",
      `the lock has no file of \`${name}\` for Python ${python.version} on \`${python.platform}\``,
      { hint: "lock again for this platform and this Python too" },
    );
  });
}

function notAllowed(what: string, wanted: string): PosyError {
  return new PosyError("lock-mismatch", `${what}, and by the options ${wanted}`, {
    hint: "leave out the option (`--no-build`, `--no-binary`) for it",
  });
}

/** Artifacts that must be built. */
function isTree(source: Exclude<LockedPackage["source"], { kind: "files" }>): boolean {
  return source.kind !== "archive" || !(filenameOf(source) ?? "").endsWith(".whl");
}

/**
 * Returns the target that a lock of any tool gives for an interpreter ("Installation" in the `pylock.toml`
 * specification). Its metadata are only what the lock contains, so requesters are known from `dependencies`, if
 * present. Credentials in URLs are dropped: they are configured elsewhere. Throws `lock-mismatch`,
 * `invalid-blueprint` for URLs and names that must not be fetched, and `no-wheel` for a source that is unavailable.
 */
export async function targetOfPylock(
  lock: Pylock,
  python: Interpreter,
  options: TargetOptions,
): Promise<BlueprintTarget> {
  const chosen = chooseOfPylock(lock, python, options);
  const selected = chosen.map(({ entry }) => entry);
  const pins: PackagePin[] = [];
  for (const each of chosen) pins.push(await pinOf(each, python, options));
  const askers = askersOf(
    selected.map(({ name, dependencies }) => ({
      name,
      extras: [],
      requiresDist: dependencies.map((dependency) => String(dependency["name"])),
    })),
    python,
  );
  const packages = pins
    .map((pin) => {
      const requiredBy = askers.get(pin.name) ?? [];
      return { ...pin, requiredBy, requested: requiredBy.length === 0 };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  // Its contents become URLs to fetch and paths to write.
  const checked = await parseBlueprint({
    blueprintVersion: 1,
    targets: [{ platform: python.platform, python, packages }],
  });
  return checked.targets[0] as BlueprintTarget;
}

async function pinOf(
  { entry, file }: ChosenEntry,
  python: Interpreter,
  options: TargetOptions,
): Promise<PackagePin> {
  const { requiresPython } = entry;
  const { version, artifact } = await artifactOf(entry, file, python, options);
  checkPlace(entry, artifact);
  const pin: PackagePin = {
    name: entry.name,
    version,
    extras: [],
    artifact,
    metadata: {
      requiresDist: [],
      ...(requiresPython === undefined ? {} : { requiresPython }),
      providesExtra: [],
      unread: true,
    },
    requiredBy: [],
    requested: false,
  };
  if (artifact.kind === "wheel" || options.sources?.build === undefined) return pin;
  return { ...pin, build: await options.sources.build(buildableOfPin(pin), python) };
}

async function artifactOf(
  entry: LockedPackage,
  file: LockedFile | undefined,
  python: Interpreter,
  { folder, sources }: TargetOptions,
): Promise<{ readonly version: string; readonly artifact: PinnedArtifact }> {
  const { name, source } = entry;
  if (source.kind === "files") {
    if (file === undefined) throw new Error(`no file of \`${name}\` was chosen`);
    const artifact = fileArtifact(file, source.index, folder);
    return { version: versionOf(entry, artifact), artifact };
  }
  const direct = source.kind === "archive" ? directArtifact(source, folder) : undefined;
  if (direct !== undefined) return { version: versionOf(entry, direct), artifact: direct };
  const found = await sources?.direct(referenceOf(source, folder), name, python);
  if (found === undefined) {
    throw new PosyError("no-wheel", `the lock has \`${name}\` as sources, which can't be read here`, {
      hint: "lock it again with wheels or source distributions",
    });
  }
  const { kind, filename, url, hashes, origin, identity } = found;
  return {
    version: found.version.text,
    artifact: { kind, filename, url, hashes, direct: true, origin: requestedOf(entry, origin), identity },
  };
}

/** What may be fetched or read is what an index may name too. */
function checkPlace({ name }: LockedPackage, { url }: PinnedArtifact): void {
  if (/^(git\+)?(https?|file|ssh):/i.test(url) && parseUrl(url) !== undefined) return;
  throw new PosyError(
    "invalid-lock",
    `\`${name}\` in the lock is at ${quote(safeUrl(url))}, where nothing is fetched from`,
    {
      hint: "its URL must begin with `https:`, `http:` or `file:`",
    },
  );
}

/** What was asked for is written into `direct_url.json`; what is checked out is the commit. */
function requestedOf({ source }: LockedPackage, origin: NonNullable<PinnedArtifact["origin"]>) {
  if (source.kind !== "vcs" || origin.kind !== "vcs") return origin;
  const { requestedRevision: _commit, ...rest } = origin;
  const { requestedRevision } = source;
  return { ...rest, ...(requestedRevision === undefined ? {} : { requestedRevision }) };
}

/** Normalised, whatever the lock's writer thought of it. */
function versionOf({ version }: LockedPackage, { kind, filename }: PinnedArtifact): string {
  if (version !== undefined) return parseVersion(version).text;
  return (kind === "wheel" ? parseWheelFilename(filename) : parseSdistFilename(filename)).version.text;
}
