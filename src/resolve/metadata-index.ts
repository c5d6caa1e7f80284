import { OnceMap } from "../async/index.ts";
import { PosyError } from "../errors/posy-error.ts";
import type { Artifact, Interpreter, SdistArtifact } from "../model/index.ts";
import { formatSpecifierSet } from "../vocab/version/index.ts";
import type { MarkerEnvironment, PackageName } from "../vocab/requirement/index.ts";
import type { CoreMetadata } from "../vocab/metadata/index.ts";
import { type KnownVersion, KnownVersions } from "./candidates/known-versions.ts";
import type { Rejection } from "./candidates/rejection.ts";
import type { Assumption, SourceHints, ResolveContext, SourceMetadata } from "./resolve-context.ts";
import type { VersionPosition } from "./candidates/version-position.ts";

/** What the solver may have to wait for. */
export type MetadataRequest =
  | { readonly kind: "versions"; readonly name: PackageName; readonly position: VersionPosition }
  | { readonly kind: "metadata"; readonly artifact: Artifact }
  | { readonly kind: "direct"; readonly name: PackageName; readonly url: string };

export type MetadataFact =
  | { readonly kind: "known"; readonly metadata: CoreMetadata; readonly assumed?: Assumption }
  | { readonly kind: "rejected"; readonly rejection: Rejection };

/**
 * Failures of a single file as it was published: the version is rejected with a note, and the resolve goes on. A file
 * that is not what was promised is not among them (`hash-mismatch`, `size-mismatch`, `invalid-hash`): otherwise
 * whoever changes or truncates the newest file could choose an older version for the user.
 */
const fileFaults = new Set([
  "invalid-metadata",
  "invalid-wheel",
  "invalid-archive",
  "invalid-record",
  "invalid-filename",
  "not-found",
]);

/**
 * Everything that is known so far, readable without waiting. `load` fills it. One index serves all targets and
 * interpreters of a resolve, so nothing is fetched twice.
 */
export class MetadataIndex {
  /**
   * Incremented when a package gets versions that a running solver doesn't know. The solver must then start again.
   */
  generation = 0;
  private readonly context: ResolveContext;
  /** By package, then by `VersionPosition.key`. */
  private readonly versions = new Map<PackageName, Map<string, KnownVersions>>();
  private readonly facts = new Map<string, MetadataFact>();
  private readonly loading = new OnceMap<string, void>();
  /** The versions behind URLs that packages name, by package and URL. */
  private readonly direct = new Map<PackageName, Map<string, KnownVersion>>();
  /**
   * Names and URLs (`name url`) that the Brief gives on some target. They do not count on targets where the Brief
   * does not give them.
   */
  private readonly briefUrls = new Set<string>();

  constructor(context: ResolveContext) {
    this.context = context;
  }

  /** Returns the only index that a package may come from in an environment, if there is one. */
  indexOf(name: PackageName, environment: MarkerEnvironment): string | undefined {
    return this.context.db.indexOf(name, environment);
  }

  versionsOf(name: PackageName, position: VersionPosition): KnownVersions | undefined {
    return this.versions.get(name)?.get(position.key);
  }

  metadataOf(artifact: Artifact, python: Interpreter): MetadataFact | undefined {
    return this.facts.get(metadataKey(artifact, python));
  }

  knowsUrl(name: PackageName, url: string): boolean {
    return this.direct.get(name)?.has(url) ?? false;
  }

  /**
   * Loads what a request names. Returns at once if it is known, and shares a request that is running. A failure is
   * not remembered, so a second call can fail again.
   */
  load(request: MetadataRequest, python: Interpreter): Promise<void> {
    if (request.kind === "versions") return this.loadVersions(request.name, request.position, python);
    if (request.kind === "metadata") return this.loadMetadata(request.artifact, python);
    return this.loadDirect(request.name, request.url, python);
  }

  /**
   * Returns what a source says about itself without being built. Nothing is recorded here. The hints are empty if
   * nothing is known.
   */
  async prefetchSource(source: SdistArtifact, python: Interpreter): Promise<SourceHints> {
    return (await this.context.sources?.prefetch?.(source, python)) ?? { requires: [] };
  }

  private once(key: string, start: () => Promise<void>): Promise<void> {
    // What was loaded is kept elsewhere, and versions are loaded again after a URL was found.
    return this.loading.getOrStart(key, () => start().finally(() => this.loading.delete(key)));
  }

  private async loadVersions(
    name: PackageName,
    position: VersionPosition,
    python: Interpreter,
  ): Promise<void> {
    if (this.versionsOf(name, position) !== undefined) return;
    await this.once(`versions ${name} ${position.key}`, () => this.readVersions(name, position, python));
  }

  /** If the Brief gives URLs for a package, they are its only versions and no index is asked. */
  private async readVersions(
    name: PackageName,
    position: VersionPosition,
    python: Interpreter,
  ): Promise<void> {
    const { urls, index, key } = position;
    for (const url of urls) this.briefUrls.add(`${name} ${url}`);
    await Promise.all(urls.map((url) => this.loadDirect(name, url, python)));
    const project = urls.length > 0 ? undefined : await this.context.db.project(name, index);
    const direct = [...(this.direct.get(name) ?? [])].filter(
      ([url]) => urls.includes(url) || !this.briefUrls.has(`${name} ${url}`),
    );
    const byPosition = this.versions.get(name) ?? new Map<string, KnownVersions>();
    const directVersions = direct.map(([, version]) => version);
    this.versions.set(name, byPosition.set(key, new KnownVersions(name, project, directVersions)));
  }

  private async loadDirect(name: PackageName, url: string, python: Interpreter): Promise<void> {
    if (this.knowsUrl(name, url)) return;
    await this.once(`direct ${name} ${url}`, () => this.readDirect(name, url, python));
  }

  private async readDirect(name: PackageName, url: string, python: Interpreter): Promise<void> {
    const { db, sources } = this.context;
    const artifact = (await sources?.direct(url, name, python)) ?? (await db.direct(url, name));
    const ofPackage = this.direct.get(name) ?? new Map<string, KnownVersion>();
    this.direct.set(name, ofPackage.set(url, { version: artifact.version, artifacts: [artifact], url }));
    if (this.versions.delete(name)) this.generation++;
  }

  private async loadMetadata(artifact: Artifact, python: Interpreter): Promise<void> {
    const key = metadataKey(artifact, python);
    if (this.facts.has(key)) return;
    await this.once(`metadata ${key}`, async () => {
      this.facts.set(key, await this.readMetadata(artifact, python));
    });
  }

  private async readMetadata(artifact: Artifact, python: Interpreter): Promise<MetadataFact> {
    try {
      const sourceMetadata: SourceMetadata | undefined =
        artifact.kind === "wheel"
          ? { kind: "known", metadata: await this.context.db.metadata(artifact) }
          : await this.context.sources?.metadata(artifact, python);
      if (sourceMetadata === undefined)
        return { kind: "rejected", rejection: { kind: "only-sdist", canBuild: false } };
      if (sourceMetadata.kind === "unbuildable") {
        return { kind: "rejected", rejection: { kind: "build", failure: sourceMetadata.failure } };
      }
      const mismatch = disagreement(artifact, sourceMetadata.metadata);
      if (mismatch !== undefined) return brokenMetadata(mismatch);
      return sourceMetadata;
    } catch (error) {
      if (!(error instanceof PosyError)) throw error;
      if (error.code === "offline") return { kind: "rejected", rejection: { kind: "offline" } };
      if (!isFileFault(error, artifact)) throw error;
      return brokenMetadata(error.message);
    }
  }
}

/**
 * Without a hash, an unreadable archive may have been truncated or changed on its way, so it is not the publisher's
 * fault.
 */
function isFileFault({ code }: PosyError, { hashes }: Artifact): boolean {
  if (code === "invalid-archive" && Object.keys(hashes).length === 0) return false;
  return fileFaults.has(code);
}

function brokenMetadata(message: string): MetadataFact {
  return { kind: "rejected", rejection: { kind: "metadata", message } };
}

function metadataKey(artifact: Artifact, python: Interpreter): string {
  return artifact.kind === "wheel"
    ? artifact.url
    : `${artifact.url} ${python.implementation} ${python.version} ${python.platform}`;
}

/** Describes how the metadata contradict the file name, if they do. */
function disagreement(artifact: Artifact, metadata: CoreMetadata): string | undefined {
  if (metadata.name !== artifact.name) {
    return `its metadata say that it is \`${metadata.name}\``;
  }
  if (metadata.version.key !== artifact.version.key) {
    return `its metadata say that it is version \`${metadata.version.text}\``;
  }
  return undefined;
}

export function requiresPythonText({ requiresPython }: CoreMetadata): string | undefined {
  return requiresPython && formatSpecifierSet(requiresPython);
}
