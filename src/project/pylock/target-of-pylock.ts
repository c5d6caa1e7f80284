import type { BlueprintTarget, PackagePin, PinnedArtifact } from "../../blueprint/blueprint.ts";
import { parseBlueprint } from "../../blueprint/parse-blueprint.ts";
import { PosyError } from "../../errors/posy-error.ts";
import type { Interpreter } from "../../pythons/interpreter.ts";
import { markerEnvironment } from "../../pythons/marker-environment.ts";
import { wheelTagsOf } from "../../pythons/wheel-tags-of.ts";
import type { Sources } from "../../resolve/resolve-context.ts";
import type { Machine } from "../../system/machine.ts";
import { parseSdistFilename } from "../../vocab/sdist-filename.ts";
import type { Tag } from "../../vocab/tag.ts";
import { parseVersion } from "../../vocab/version.ts";
import { parseWheelFilename } from "../../vocab/wheel-filename.ts";
import { chooseFile } from "./choose-file.ts";
import { askersOf } from "./pin-facts.ts";
import { directArtifact, fileArtifact, referenceOf } from "./pin-of-entry.ts";
import type { LockedPackage, Pylock } from "./pylock.ts";
import { type LockChoice, selectPackages } from "./select-packages.ts";

export interface TargetOptions extends LockChoice {
  /** The lock's folder, absolute. */
  readonly folder: string;
  /** Where it is of the interpreter's platform, wheels for its level of it fit too. */
  readonly machine?: Machine;
  /** Reads source trees, whose versions a lock does not have. Without it such a package is an error. */
  readonly sources?: Pick<Sources, "direct">;
}

/**
 * What a lock of any tool comes to for an interpreter ("Installation" in the `pylock.toml` specification). Of metadata it
 * knows nothing but what the lock says, so that who asked for what is told by `dependencies` where they are there.
 * Credentials in URLs are left out: where those are is configured elsewhere. Throws `lock-mismatch`, `invalid-blueprint` for URLs and names
 * that nothing should be fetched by, and `no-wheel` for a source that can't be had.
 */
export async function targetOfPylock(
  lock: Pylock,
  python: Interpreter,
  options: TargetOptions,
): Promise<BlueprintTarget> {
  const { machine } = options;
  const ranks = new Map(wheelTagsOf(python, machine).map((tag, rank) => [tag, rank]));
  const selected = selectPackages(lock, markerEnvironment(python, machine), options);
  const pins: PackagePin[] = [];
  for (const entry of selected) pins.push(await pinOf(entry, python, ranks, options));
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
  // What is in it becomes URLs to fetch and paths to write.
  const checked = await parseBlueprint({
    blueprintVersion: 1,
    targets: [{ platform: python.platform, python, packages }],
  });
  return checked.targets[0] as BlueprintTarget;
}

async function pinOf(
  entry: LockedPackage,
  python: Interpreter,
  ranks: ReadonlyMap<Tag, number>,
  options: TargetOptions,
): Promise<PackagePin> {
  const { requiresPython } = entry;
  const { version, artifact } = await artifactOf(entry, python, ranks, options);
  return {
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
}

async function artifactOf(
  entry: LockedPackage,
  python: Interpreter,
  ranks: ReadonlyMap<Tag, number>,
  { folder, sources }: TargetOptions,
): Promise<{ readonly version: string; readonly artifact: PinnedArtifact }> {
  const { name, source } = entry;
  if (source.kind === "files") {
    const file = chooseFile(source, ranks);
    if (file === undefined) {
      throw new PosyError(
        "lock-mismatch",
        `the lock has no file of \`${name}\` for Python ${python.version} on \`${python.platform}\``,
        { hint: "lock again for this platform and this Python too" },
      );
    }
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
