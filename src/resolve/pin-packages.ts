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
  /** Names that it asks for, with the extras that were asked of it. */
  readonly asksFor: ReadonlySet<PackageName>;
}

/** Turns a solution into pins: exact files, each with a hash. */
export async function pinPackages(
  solved: Solved,
  facts: MetadataIndex,
  { db, sources }: ResolveContext,
): Promise<readonly PackagePin[]> {
  const selected = selectedPackages(solved, facts);
  const { policy } = solved.provider;
  const python = solved.target.interpreter;
  const askers = askersOf(selected);
  const pins = await Promise.all(
    selected.map(async ({ name, artifact, url, metadata, assumed, extras }): Promise<PackagePin> => {
      const wanted = policy.hashes(name);
      const pinned = await withWantedHashes(await pinArtifact(artifact, url, db), artifact, wanted, db);
      checkHash(name, pinned, wanted);
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

function selectedPackages({ decisions, provider, target }: Solved, facts: MetadataIndex): Selected[] {
  const extras = [...decisions.keys()].filter((node) => node.kind === "extra");
  const selected: Selected[] = [];
  for (const [node, index] of decisions) {
    if (node.kind !== "package") continue;
    const { name } = node;
    const known = provider.known(name);
    const verdict = provider.verdict(known, index);
    if (verdict.kind === "rejected") throw new Error(`\`${name}\` was selected but is no candidate`);
    const fact = facts.metadataOf(verdict.artifact, target.interpreter);
    if (fact?.kind !== "known") throw new Error(`\`${name}\` was selected without metadata`);
    const own = extras.filter((each) => each.name === name).map(({ extra }) => extra);
    const asked = [undefined, ...own].flatMap((extra) => requirementsOf(fact.metadata, target, extra));
    selected.push({
      name,
      artifact: verdict.artifact,
      url: known.at(index).url,
      metadata: fact.metadata,
      assumed: fact.assumed !== undefined,
      extras: own.sort(),
      asksFor: new Set(asked.map((requirement) => requirement.name)),
    });
  }
  return selected;
}

/** By name, who asks for it. Sorted. */
function askersOf(selected: readonly Selected[]): ReadonlyMap<PackageName, readonly PackageName[]> {
  const askers = new Map<PackageName, PackageName[]>();
  for (const { name, asksFor } of selected) {
    for (const asked of asksFor) {
      if (asked === name) continue;
      const own = askers.get(asked);
      if (own === undefined) askers.set(asked, [name]);
      else own.push(name);
    }
  }
  for (const own of askers.values()) own.sort();
  return askers;
}

const snapshots = new WeakMap<CoreMetadata, PackagePin["metadata"]>();

/** Mostly all targets have the same. */
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

/** Where no index told the SHA-256, the file is fetched to know it: a pin without one would be no pin. */
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

/** The hashes that a person gives need not be of the algorithm that the index tells: then the file is fetched to know them. */
async function withWantedHashes(
  pinned: PinnedArtifact,
  artifact: Artifact,
  wanted: Digests,
  db: PackageDB,
): Promise<PinnedArtifact> {
  const { hashes } = pinned;
  const unknown = [...(wanted?.keys() ?? [])].filter((algorithm) => hashes[algorithm] === undefined);
  if (artifact.kind === "source" || unknown.length === 0 || hasOneOf(hashes, wanted)) return pinned;
  const { digestsOfFile } = await import("../packages/artifacts/digests-of-file.ts");
  const { path } = await db.fetch(artifact);
  return { ...pinned, hashes: { ...hashes, ...(await digestsOfFile(path, unknown)) } };
}

function hasOneOf(hashes: PinnedArtifact["hashes"], wanted: Digests): boolean {
  return Object.entries(hashes).some(([algorithm, digest]) => wanted?.get(algorithm)?.has(digest) === true);
}

/** What the index didn't tell could not be checked before. */
function checkHash(name: PackageName, { filename, hashes }: PinnedArtifact, wanted: Digests): void {
  if (wanted === undefined || hasOneOf(hashes, wanted)) return;
  throw new PosyError(
    "hash-mismatch",
    `\`${filename}\` has none of the hashes that were given for \`${name}\``,
    {
      hint: `its SHA-256 is ${hashes["sha256"] ?? "unknown"}: compare it with what its authors publish, then correct the \`--hash\``,
    },
  );
}
