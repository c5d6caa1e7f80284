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
import { requiringPins } from "../pin-metadata-table.ts";
import { directArtifact, fileArtifact, referenceOf } from "./pin-of-entry.ts";
import { filenameOf } from "./parse-source.ts";
import type { LockedFile, LockedPackage, Pylock } from "../pylock.ts";
import { type LockChoice, selectPackages } from "../select-packages.ts";
import { parseUrl } from "../../vocab/urls/index.ts";

export interface TargetOptions extends LockChoice {
  /** The absolute folder of the lock. */
  readonly folder: string;
  /** If the machine has the interpreter's platform, wheels for the machine's version of that platform fit, too. */
  readonly machine?: Machine;
  /** Which packages may be wheels, and which may be built. The default allows both for all packages. */
  readonly builds?: BuildPolicy;
  /**
   * `direct` reads source trees, because a lock does not have their versions. Without it, a source tree is an error.
   * `build` pins the build requirements of source trees and source distributions. Without it, they are not pinned.
   */
  readonly sources?: Pick<Sources, "direct"> & Partial<Pick<Sources, "build">>;
}

/** An entry, and its chosen file if it has files. */
export interface ChosenEntry {
  readonly entry: LockedPackage;
  readonly file?: LockedFile;
}

/**
 * Returns the files that a lock has for an interpreter, from the text of the lock alone. Throws `lock-mismatch` if
 * the lock is not for that interpreter or has no usable file.
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
        throw notAllowed(`the lock has only sources of \`${name}\``, "building is not allowed");
      }
      return { entry };
    }
    const { sdist, ...files } = source;
    const allowedFiles = {
      ...files,
      wheels: allowsWheel(builds, name) ? source.wheels : [],
      ...(sdist && allowsBuild(builds, name) ? { sdist } : {}),
    };
    const file = chooseFile(allowedFiles, ranks);
    if (file !== undefined) return { entry, file };
    if (chooseFile(source, ranks) !== undefined) {
      if (!allowsWheel(builds, name) && !allowsBuild(builds, name)) {
        throw notAllowed(
          `\`${name}\` in the lock can't be used`,
          "neither building it nor its wheels are allowed",
        );
      }
      throw sdist === undefined
        ? notAllowed(`the lock has only wheels of \`${name}\``, "its wheels are not allowed")
        : notAllowed(
            `the lock has no wheel of \`${name}\` for Python ${python.version} on \`${python.platform}\``,
            "building is not allowed",
          );
    }
    throw new PosyError(
      "lock-mismatch",
      `the lock has no file of \`${name}\` for Python ${python.version} on \`${python.platform}\``,
      { hint: "lock again for this platform and this Python, too" },
    );
  });
}

function notAllowed(what: string, reason: string): PosyError {
  return new PosyError("lock-mismatch", `${what}: ${reason} by the options`, {
    hint: "leave out `--no-build` or `--no-binary` for this package",
  });
}

/** Whether a source must be built. */
function isTree(source: Exclude<LockedPackage["source"], { kind: "files" }>): boolean {
  return source.kind !== "archive" || !(filenameOf(source) ?? "").endsWith(".whl");
}

/**
 * Returns the target that a lock of any tool gives for an interpreter ("Installation" in the `pylock.toml`
 * specification). `requiredBy` comes from `dependencies`, if the lock has them; other metadata is missing. Credentials
 * in URLs are removed, because they are configured elsewhere. Throws `lock-mismatch`, `invalid-lock` and
 * `invalid-blueprint` for URLs and names that must not be used, and `no-wheel` for a source that can't be read.
 */
export async function targetOfPylock(
  lock: Pylock,
  python: Interpreter,
  options: TargetOptions,
): Promise<BlueprintTarget> {
  const chosen = chooseOfPylock(lock, python, options);
  const selected = chosen.map(({ entry }) => entry);
  const pins: PackagePin[] = [];
  for (const entry of chosen) pins.push(await pinOf(entry, python, options));
  const requiring = requiringPins(
    selected.map(({ name, dependencies }) => ({
      name,
      extras: [],
      requiresDist: dependencies.map((dependency) => String(dependency["name"])),
    })),
    python,
  );
  const packages = pins
    .map((pin) => {
      const requiredBy = requiring.get(pin.name) ?? [];
      return { ...pin, requiredBy, requested: requiredBy.length === 0 };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  // The values become URLs to fetch and paths to write, so they are validated.
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
  checkUrl(entry, artifact);
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
  const artifact = await sources?.direct(referenceOf(source, folder), name, python);
  if (artifact === undefined) {
    throw new PosyError("no-wheel", `the lock has only sources of \`${name}\`, and they can't be read here`, {
      hint: "lock it again with wheels or source distributions",
    });
  }
  const { kind, filename, url, hashes, origin, identity } = artifact;
  return {
    version: artifact.version.text,
    artifact: { kind, filename, url, hashes, direct: true, origin: requestedOf(entry, origin), identity },
  };
}

/** Throws `invalid-lock` for a URL that must not be fetched. The allowed schemes are those of an index. */
function checkUrl({ name }: LockedPackage, { url }: PinnedArtifact): void {
  if (/^(git\+)?(https?|file|ssh):/i.test(url) && parseUrl(url) !== undefined) return;
  throw new PosyError(
    "invalid-lock",
    `\`${name}\` in the lock has a URL that can't be fetched: ${quote(safeUrl(url))}`,
    {
      hint: "a URL in a lock begins with `https:`, `http:` or `file:`",
    },
  );
}

/** Replaces the requested revision, which is the commit, by that of the lock. It is written into `direct_url.json`. */
function requestedOf({ source }: LockedPackage, origin: NonNullable<PinnedArtifact["origin"]>) {
  if (source.kind !== "vcs" || origin.kind !== "vcs") return origin;
  const { requestedRevision: _commit, ...rest } = origin;
  const { requestedRevision } = source;
  return { ...rest, ...(requestedRevision === undefined ? {} : { requestedRevision }) };
}

/** Returns the normalised version of an entry, or that of its file name. */
function versionOf({ version }: LockedPackage, { kind, filename }: PinnedArtifact): string {
  if (version !== undefined) return parseVersion(version).text;
  return (kind === "wheel" ? parseWheelFilename(filename) : parseSdistFilename(filename)).version.text;
}
