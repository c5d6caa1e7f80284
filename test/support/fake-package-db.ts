import { createHash } from "node:crypto";
import { PosyError } from "../../src/errors/posy-error.ts";
import type { IndexedArtifact, SdistArtifact, WheelArtifact } from "../../src/model/artifact.ts";
import type { PackageDB, Project, Release } from "../../src/packages/package-db.ts";
import { type CoreMetadata, parseMetadata } from "../../src/vocab/metadata/metadata.ts";
import { type PackageName, parsePackageName } from "../../src/vocab/requirement/name.ts";
import { parseSdistFilename } from "../../src/vocab/filenames/sdist-filename.ts";
import { parseSha256 } from "../../src/vocab/hash.ts";
import { compareVersions, parseVersion } from "../../src/vocab/version/version.ts";
import { parseWheelFilename } from "../../src/vocab/filenames/wheel-filename.ts";

/** A version of a package in an in-memory index. */
interface FakeVersion {
  readonly requires?: readonly string[];
  readonly extras?: readonly string[];
  /** In the index and in the metadata. */
  readonly requiresPython?: string;
  /** Only in the metadata. */
  readonly metadataRequiresPython?: string;
  /** Tag sets, one wheel each. A build tag comes first: `2-py3-none-any`. Default: one `py3-none-any`. */
  readonly wheels?: readonly string[];
  readonly sdist?: boolean;
  readonly yanked?: string;
  /** The hashes in the index. Default: the correct SHA-256. */
  readonly hashes?: Readonly<Record<string, string>>;
  /** Thrown when the metadata are requested. */
  readonly broken?: PosyError;
  /** The complete text of METADATA. */
  readonly rawMetadata?: string;
}

export type FakeIndex = Readonly<Record<string, Readonly<Record<string, FakeVersion>>>>;

export interface FakePackageDBOptions {
  /** Artifacts by URL: `[name, version, recipe]`. */
  readonly direct?: Readonly<Record<string, readonly [string, string, FakeVersion]>>;
  readonly setAside?: Readonly<Record<string, Project["setAside"]>>;
  /** Errors by package name. */
  readonly failing?: Readonly<Record<string, PosyError>>;
}

export interface FakePackageDB extends PackageDB {
  /** Every call, in order: `project a`, `metadata a-1.0-py3-none-any.whl`, `fetch …`, `direct …`. */
  readonly asked: string[];
}

const indexUrl = "https://index.example/simple/";

/** Returns the digest of a file of the fake index. */
export function fakeSha256(filename: string): string {
  return createHash("sha256").update(filename).digest("hex");
}

export function fakePackageDB(index: FakeIndex, options: FakePackageDBOptions = {}): FakePackageDB {
  const asked: string[] = [];
  const recipes = new Map<string, FakeVersion>();
  const versionsOf = new Map(
    Object.entries(index).map(([name, versions]) => [parsePackageName(name), versions] as const),
  );
  const artifactsOf = (
    name: string,
    version: string,
    recipe: FakeVersion,
    url?: string,
  ): IndexedArtifact[] => {
    const made: IndexedArtifact[] = [];
    const common = (filename: string) => {
      recipes.set(filename, recipe);
      return {
        filename,
        name: parsePackageName(name),
        version: parseVersion(version),
        url: url ?? `https://files.example/${filename}`,
        hashes: recipe.hashes ?? { sha256: fakeSha256(filename) },
        yanked: recipe.yanked ?? (false as const),
        ...(recipe.requiresPython === undefined ? {} : { requiresPython: recipe.requiresPython }),
        ...(url === undefined ? { index: indexUrl } : {}),
      };
    };
    const stem = `${name.replaceAll("-", "_")}-${version}`;
    for (const tags of recipe.wheels ?? ["py3-none-any"]) {
      const filename = `${stem}-${tags}.whl`;
      const wheel: WheelArtifact = {
        kind: "wheel",
        ...common(filename),
        wheel: parseWheelFilename(filename),
      };
      made.push(wheel);
    }
    if (recipe.sdist === true) {
      const filename = `${stem}.tar.gz`;
      const sdist: SdistArtifact = {
        kind: "sdist",
        ...common(filename),
        sdist: parseSdistFilename(filename),
      };
      made.push(sdist);
    }
    return made;
  };
  return {
    asked,
    async project(name): Promise<Project> {
      asked.push(`project ${name}`);
      const failure = options.failing?.[name];
      if (failure) throw failure;
      const versions = versionsOf.get(name);
      const releases: Release[] = Object.entries(versions ?? {}).map(([version, recipe]) => ({
        version: parseVersion(version),
        artifacts: artifactsOf(name, version, recipe),
      }));
      releases.sort((a, b) => compareVersions(b.version, a.version));
      return {
        name,
        found: versions !== undefined,
        releases,
        lookedIn: [indexUrl],
        setAside: options.setAside?.[name] ?? [],
      };
    },
    async discard() {},
    async metadata(artifact): Promise<CoreMetadata> {
      asked.push(`metadata ${artifact.filename}`);
      const recipe = recipes.get(artifact.filename);
      if (recipe === undefined) throw new Error(`no such file: ${artifact.filename}`);
      if (recipe.broken) throw recipe.broken;
      return parseMetadata(recipe.rawMetadata ?? metadataText(artifact, recipe));
    },
    async sdistMetadata(artifact) {
      asked.push(`metadata ${artifact.filename}`);
      return undefined;
    },
    sdistFiles: async () => ({}),
    forgetMetadata: () => Promise.resolve(),
    checkSdistMetadata: () => Promise.resolve(),
    async fetch(artifact) {
      asked.push(`fetch ${artifact.filename}`);
      return {
        path: `/nowhere/${artifact.filename}`,
        sha256: parseSha256(fakeSha256(artifact.filename)),
        size: 1,
      };
    },
    async direct(url: string, name?: PackageName) {
      asked.push(`direct ${url}`);
      const entry = options.direct?.[url];
      const [artifact] = entry ? artifactsOf(entry[0], entry[1], entry[2], url) : [];
      if (artifact === undefined) throw new PosyError("http-status", `\`${url}\` answered 404`);
      if (name !== undefined && artifact.name !== name) {
        throw new PosyError("invalid-requirement", `\`${url}\` is \`${artifact.name}\`, not \`${name}\``);
      }
      return artifact;
    },
    indexOf: () => undefined,
    pybis: () => Promise.resolve([]),
    pybiMetadata: () => Promise.reject(new Error("there are no pybis here")),
    prefetch() {},
    close: () => Promise.resolve(),
  };
}

function metadataText(artifact: IndexedArtifact, recipe: FakeVersion): string {
  const requiresPython = recipe.metadataRequiresPython ?? recipe.requiresPython;
  return [
    "Metadata-Version: 2.1",
    `Name: ${artifact.name}`,
    `Version: ${artifact.version.text}`,
    ...(requiresPython === undefined ? [] : [`Requires-Python: ${requiresPython}`]),
    ...(recipe.extras ?? []).map((extra) => `Provides-Extra: ${extra}`),
    ...(recipe.requires ?? []).map((requirement) => `Requires-Dist: ${requirement}`),
    "",
  ].join("\n");
}
