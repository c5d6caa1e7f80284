import { PosyError } from "../errors/posy-error.ts";
import type { Artifact, Interpreter, SdistArtifact } from "../model/index.ts";
import { formatSpecifierSet } from "../vocab/version/index.ts";
import type { MarkerEnvironment, PackageName } from "../vocab/requirement/index.ts";
import type { CoreMetadata } from "../vocab/metadata/index.ts";
import { type KnownVersion, KnownVersions } from "./candidates/known-versions.ts";
import type { Rejection } from "./candidates/rejection.ts";
import type { Assumption, SourceHints, ResolveContext, SourceMetadata } from "./resolve-context.ts";
import type { VersionPosition } from "./candidates/version-position.ts";

/** What the solver may stop for. */
export type MetadataRequest =
  | { readonly kind: "versions"; readonly name: PackageName; readonly place: VersionPosition }
  | { readonly kind: "metadata"; readonly artifact: Artifact }
  | { readonly kind: "direct"; readonly name: PackageName; readonly url: string };

export type MetadataFact =
  | { readonly kind: "known"; readonly metadata: CoreMetadata; readonly assumed?: Assumption }
  | { readonly kind: "rejected"; readonly rejection: Rejection };

/**
 * Failures that are this file's own fault, as it was published: the version is rejected with a note, the resolve goes on (pitfall 4).
 * A file that is not what was promised is none of these (`hash-mismatch`, `size-mismatch`, `invalid-hash`): whoever changes or
 * cuts the newest file would choose an older version.
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
 * What is known so far, asked without waiting, and filled by `load`. One for all targets and interpreters of a
 * resolve: nothing is fetched twice.
 */
export class MetadataIndex {
  /** Grows when a package got versions that a solver under way doesn't know: it must start again. */
  generation = 0;
  private readonly context: ResolveContext;
  /** By package and by the key of the place. */
  private readonly versions = new Map<PackageName, Map<string, KnownVersions>>();
  private readonly fetched = new Map<string, MetadataFact>();
  private readonly loading = new Map<string, Promise<void>>();
  /** What lies at the URLs that packages name, by package. */
  private readonly direct = new Map<PackageName, Map<string, KnownVersion>>();
  /** Names and URLs that the Brief gives: they are no business of targets for which it does not. */
  private readonly written = new Set<string>();

  constructor(context: ResolveContext) {
    this.context = context;
  }

  /** The one index that a package comes from in an environment. */
  indexOf(name: PackageName, environment: MarkerEnvironment): string | undefined {
    return this.context.db.indexOf(name, environment);
  }

  versionsOf(name: PackageName, place: VersionPosition): KnownVersions | undefined {
    return this.versions.get(name)?.get(place.key);
  }

  metadataOf(artifact: Artifact, python: Interpreter): MetadataFact | undefined {
    return this.fetched.get(metadataKey(artifact, python));
  }

  knowsUrl(name: PackageName, url: string): boolean {
    return this.direct.get(name)?.has(url) ?? false;
  }

  /** Asking for what is known or on its way costs nothing; a failure is forgotten, so that it can be met again. */
  load(need: MetadataRequest, python: Interpreter): Promise<void> {
    if (need.kind === "versions") return this.loadVersions(need.name, need.place, python);
    if (need.kind === "metadata") return this.loadMetadata(need.artifact, python);
    return this.loadDirect(need.name, need.url, python);
  }

  /** What a source says ahead of being asked: nothing is remembered of it here, and nothing where nobody can tell. */
  async foresee(source: SdistArtifact, python: Interpreter): Promise<SourceHints> {
    return (await this.context.sources?.prefetch?.(source, python)) ?? { requires: [] };
  }

  private once(key: string, start: () => Promise<void>): Promise<void> {
    let running = this.loading.get(key);
    if (running === undefined) {
      running = start().finally(() => this.loading.delete(key));
      this.loading.set(key, running);
    }
    return running;
  }

  private async loadVersions(name: PackageName, place: VersionPosition, python: Interpreter): Promise<void> {
    if (this.versionsOf(name, place) !== undefined) return;
    await this.once(`versions ${name} ${place.key}`, () => this.readVersions(name, place, python));
  }

  /** The URLs of the Brief stand for the whole package; no index is asked then. */
  private async readVersions(name: PackageName, place: VersionPosition, python: Interpreter): Promise<void> {
    const { urls, index, key } = place;
    for (const url of urls) this.written.add(`${name} ${url}`);
    await Promise.all(urls.map((url) => this.loadDirect(name, url, python)));
    const project = urls.length > 0 ? undefined : await this.context.db.project(name, index);
    const direct = [...(this.direct.get(name) ?? [])].filter(
      ([url]) => urls.includes(url) || !this.written.has(`${name} ${url}`),
    );
    const all = this.versions.get(name) ?? new Map<string, KnownVersions>();
    const known = direct.map(([, version]) => version);
    this.versions.set(name, all.set(key, new KnownVersions(name, project, known)));
  }

  private async loadDirect(name: PackageName, url: string, python: Interpreter): Promise<void> {
    if (this.knowsUrl(name, url)) return;
    await this.once(`direct ${name} ${url}`, () => this.readDirect(name, url, python));
  }

  private async readDirect(name: PackageName, url: string, python: Interpreter): Promise<void> {
    const { db, sources } = this.context;
    const artifact = (await sources?.direct(url, name, python)) ?? (await db.direct(url, name));
    const known = this.direct.get(name) ?? new Map<string, KnownVersion>();
    this.direct.set(name, known.set(url, { version: artifact.version, artifacts: [artifact], url }));
    if (this.versions.delete(name)) this.generation++;
  }

  private async loadMetadata(artifact: Artifact, python: Interpreter): Promise<void> {
    const key = metadataKey(artifact, python);
    if (this.fetched.has(key)) return;
    await this.once(`metadata ${key}`, async () => {
      this.fetched.set(key, await this.readMetadata(artifact, python));
    });
  }

  private async readMetadata(artifact: Artifact, python: Interpreter): Promise<MetadataFact> {
    try {
      const said: SourceMetadata | undefined =
        artifact.kind === "wheel"
          ? { kind: "known", metadata: await this.context.db.metadata(artifact) }
          : await this.context.sources?.metadata(artifact, python);
      if (said === undefined) return { kind: "rejected", rejection: { kind: "only-sdist", able: false } };
      if (said.kind === "unbuildable") {
        return { kind: "rejected", rejection: { kind: "build", failure: said.failure } };
      }
      const fault = disagreement(artifact, said.metadata);
      if (fault !== undefined) return brokenMetadata(fault);
      return said;
    } catch (error) {
      if (!(error instanceof PosyError)) throw error;
      if (error.code === "offline") return { kind: "rejected", rejection: { kind: "offline" } };
      if (!isFileFault(error, artifact)) throw error;
      return brokenMetadata(error.message);
    }
  }
}

/** Where nobody says a hash, an archive that can't be read may have been cut or changed on its way. */
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

/** What the metadata says that the file's name denies. */
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
