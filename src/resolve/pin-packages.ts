import type { Artifact, PackagePin, PinnedArtifact } from "../model/index.ts";
import { PosyError } from "../errors/posy-error.ts";
import type { PackageDB } from "../packages/index.ts";
import { type MetadataIndex, requiresPythonText } from "./metadata-index.ts";
import type { PackageName } from "../vocab/requirement/index.ts";
import type { CoreMetadata } from "../vocab/metadata/index.ts";
import { requirementsOf } from "./candidates/requirements-of.ts";
import type { ResolveContext } from "./resolve-context.ts";
import type { Solved } from "./solve-target.ts";

interface Selected {
  readonly name: PackageName;
  readonly artifact: Artifact;
  readonly url: string | undefined;
  readonly metadata: CoreMetadata;
  readonly assumed: boolean;
  readonly extras: readonly string[];
  /** The packages that it requires, including those of its requested extras. */
  readonly asksFor: ReadonlySet<PackageName>;
}

/**
 * Turns a solution into pins: exact files, each with a hash. Throws `hash-mismatch` if a file has none of the hashes
 * that the Brief gives.
 */
export async function pinPackages(
  solved: Solved,
  metadataIndex: MetadataIndex,
  { db, sources }: ResolveContext,
): Promise<readonly PackagePin[]> {
  const selected = selectedPackages(solved, metadataIndex);
  const { policy } = solved.provider;
  const python = solved.target.interpreter;
  const askers = askersOf(selected);
  const pins = await Promise.all(
    selected.map(async ({ name, artifact, url, metadata, assumed, extras }): Promise<PackagePin> => {
      const wantedHashes = policy.hashes(name);
      const pinned = await addWantedHashes(await pinArtifact(artifact, url, db), artifact, wantedHashes, db);
      checkHash(name, pinned, wantedHashes);
      const build = artifact.kind === "wheel" ? undefined : await sources?.build(artifact, python);
      return {
        name,
        version: artifact.version.text,
        extras,
        artifact: pinned,
        metadata: assumed ? { ...snapshotOf(metadata), assumed } : snapshotOf(metadata),
        requiredBy: askers.get(name) ?? [],
        requested: policy.isDirect(name),
        ...(build && { build }),
      };
    }),
  );
  return pins.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function selectedPackages({ decisions, provider, target }: Solved, metadataIndex: MetadataIndex): Selected[] {
  const extras = [...decisions.keys()].filter((node) => node.kind === "extra");
  const selected: Selected[] = [];
  for (const [node, index] of decisions) {
    if (node.kind !== "package") continue;
    const { name } = node;
    const versions = provider.known(name);
    const verdict = provider.verdict(versions, index);
    if (verdict.kind === "rejected") throw new Error(`\`${name}\` was selected but is no candidate`);
    const metadataFact = metadataIndex.metadataOf(verdict.artifact, target.interpreter);
    if (metadataFact?.kind !== "known") throw new Error(`\`${name}\` was selected without metadata`);
    const extrasOfPackage = extras.filter((node) => node.name === name).map(({ extra }) => extra);
    const requirements = [undefined, ...extrasOfPackage].flatMap((extra) =>
      requirementsOf(metadataFact.metadata, target, extra),
    );
    selected.push({
      name,
      artifact: verdict.artifact,
      url: versions.at(index).url,
      metadata: metadataFact.metadata,
      assumed: metadataFact.assumed !== undefined,
      extras: extrasOfPackage.sort(),
      asksFor: new Set(requirements.map((requirement) => requirement.name)),
    });
  }
  return selected;
}

/** Returns the packages that require each package, sorted. */
function askersOf(selected: readonly Selected[]): ReadonlyMap<PackageName, readonly PackageName[]> {
  const askers = new Map<PackageName, PackageName[]>();
  for (const { name, asksFor } of selected) {
    for (const dependency of asksFor) {
      if (dependency === name) continue;
      const askersOfPackage = askers.get(dependency);
      if (askersOfPackage === undefined) askers.set(dependency, [name]);
      else askersOfPackage.push(name);
    }
  }
  for (const askersOfPackage of askers.values()) askersOfPackage.sort();
  return askers;
}

const snapshots = new WeakMap<CoreMetadata, PackagePin["metadata"]>();

/** Cached, since most targets share their metadata. */
function snapshotOf(metadata: CoreMetadata): PackagePin["metadata"] {
  let snapshot = snapshots.get(metadata);
  if (snapshot === undefined) {
    const requiresPython = requiresPythonText(metadata);
    snapshot = {
      requiresDist: metadata.requirementTexts,
      ...(requiresPython === undefined ? {} : { requiresPython }),
      providesExtra: metadata.providesExtra,
    };
    snapshots.set(metadata, snapshot);
  }
  return snapshot;
}

/** Pins an artifact. If the index gives no SHA-256, the file is fetched to compute it: every pin must have one. */
async function pinArtifact(
  artifact: Artifact,
  url: string | undefined,
  db: PackageDB,
): Promise<PinnedArtifact> {
  if (artifact.kind === "source") {
    const { kind, filename, hashes, origin, identity } = artifact;
    return { kind, filename, url: artifact.url, hashes, direct: true, origin, identity };
  }
  const local = artifact.hashes["sha256"] === undefined ? await db.fetch(artifact) : undefined;
  const size = local?.size ?? artifact.size;
  return {
    kind: artifact.kind,
    filename: artifact.filename,
    url: artifact.url,
    hashes: local === undefined ? artifact.hashes : { ...artifact.hashes, sha256: local.sha256 },
    ...(size === undefined ? {} : { size }),
    ...(artifact.index === undefined ? {} : { index: artifact.index }),
    ...(url === undefined ? {} : { direct: true as const }),
    ...(artifact.uploadTime === undefined ? {} : { uploadTime: artifact.uploadTime.toISOString() }),
  };
}

type Digests = ReadonlyMap<string, ReadonlySet<string>> | undefined;

/**
 * Adds hashes of the algorithms that the Brief uses. If the index does not give them, the file is fetched to compute
 * them.
 */
async function addWantedHashes(
  pinned: PinnedArtifact,
  artifact: Artifact,
  wantedHashes: Digests,
  db: PackageDB,
): Promise<PinnedArtifact> {
  const { hashes } = pinned;
  const unknown = [...(wantedHashes?.keys() ?? [])].filter((algorithm) => hashes[algorithm] === undefined);
  if (artifact.kind === "source" || unknown.length === 0 || hasOneOf(hashes, wantedHashes)) return pinned;
  const { digestsOfFile } = await import("../packages/artifacts/digests-of-file.ts");
  const { path } = await db.fetch(artifact);
  return { ...pinned, hashes: { ...hashes, ...(await digestsOfFile(path, unknown)) } };
}

function hasOneOf(hashes: PinnedArtifact["hashes"], wantedHashes: Digests): boolean {
  return Object.entries(hashes).some(
    ([algorithm, digest]) => wantedHashes?.get(algorithm)?.has(digest) === true,
  );
}

/**
 * Throws `hash-mismatch` if the file has none of the wanted hashes. Hashes that the index does not give can only be
 * checked here.
 */
function checkHash(name: PackageName, { filename, hashes }: PinnedArtifact, wantedHashes: Digests): void {
  if (wantedHashes === undefined || hasOneOf(hashes, wantedHashes)) return;
  throw new PosyError(
    "hash-mismatch",
    `\`${filename}\` has none of the hashes that were given for \`${name}\``,
    {
      hint: `its SHA-256 is ${hashes["sha256"] ?? "unknown"}: compare it with what its authors publish, then correct the \`--hash\``,
    },
  );
}
