import type { Interpreter } from "../../model/index.ts";
import { sha256Of } from "../../system/fs/index.ts";
import type { Hashes } from "../../vocab/hash.ts";
import { type LockedPackage, markerText, type Pylock } from "../../lockfile/index.ts";
import type { Licence } from "./licence.ts";
import { minorOf } from "../../vocab/version/index.ts";

export interface CyclonedxOptions {
  /** Posy's own version. */
  readonly version: string;
  /** Versions by package name, for source trees: a lock has no version for them. */
  readonly versions: ReadonlyMap<string, string>;
  /** Licences by `name version`. */
  readonly licences: ReadonlyMap<string, Licence>;
  /** The interpreters, which are part of what runs. */
  readonly interpreters: readonly Interpreter[];
}

/**
 * Returns a lock as a bill of materials: CycloneDX 1.5 in JSON. It lists packages with package URL, licence and
 * files, the interpreters, and the dependencies between packages. The same lock gives the same text: the serial
 * number is a hash of the content, and there is no timestamp.
 */
export function exportCyclonedx(lock: Pylock, options: CyclonedxOptions): string {
  const refs = new Map(lock.packages.map((entry) => [entry, refOf(entry, options)]));
  const components = [
    ...lock.packages.map((entry) => componentOf(entry, options)),
    ...interpreterComponents(options.interpreters),
  ];
  const dependencies = lock.packages
    .map((entry) => ({
      ref: refs.get(entry),
      dependsOn: [
        ...new Set(
          entry.dependencies.flatMap((dependency) =>
            entriesNamedBy(dependency, lock).map((other) => refs.get(other)),
          ),
        ),
      ],
    }))
    .map(({ ref, dependsOn }) => (dependsOn.length === 0 ? { ref } : { ref, dependsOn }));
  const content = {
    metadata: { tools: { components: [{ type: "application", name: "posy", version: options.version }] } },
    components,
    dependencies,
  };
  const digest = sha256Of(JSON.stringify(content));
  const uuid = [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    `a${digest.slice(17, 20)}`,
  ];
  const head = {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    serialNumber: `urn:uuid:${[...uuid, digest.slice(20, 32)].join("-")}`,
    version: 1,
  };
  return `${JSON.stringify({ ...head, ...content }, undefined, 2)}\n`;
}

/** Returns the entries that a dependency refers to: those of its name, and of its version if it has one. */
function entriesNamedBy(
  dependency: Readonly<Record<string, unknown>>,
  lock: Pylock,
): readonly LockedPackage[] {
  return lock.packages.filter(
    ({ name, version }) => name === dependency["name"] && (dependency["version"] ?? version) === version,
  );
}

function versionOf({ name, version }: LockedPackage, { versions }: CyclonedxOptions): string | undefined {
  return version ?? versions.get(name);
}

/** Returns the `bom-ref` of a component, which is unique in the document. */
function refOf(entry: LockedPackage, options: CyclonedxOptions): string {
  return purlOf(entry, versionOf(entry, options));
}

/** Returns a package URL (purl). It contains the address of a package that does not come from an index. */
function purlOf({ name, source }: LockedPackage, version: string | undefined): string {
  const base = `pkg:pypi/${name}${version === undefined ? "" : `@${encodeURIComponent(version)}`}`;
  switch (source.kind) {
    case "vcs": {
      const address = `${source.type}+${source.url ?? source.path ?? ""}@${source.commitId}`;
      return `${base}?vcs_url=${encodeURIComponent(address)}`;
    }
    case "archive":
      return `${base}?download_url=${encodeURIComponent(source.url ?? source.path ?? "")}`;
    default:
      return base;
  }
}

function componentOf(entry: LockedPackage, options: CyclonedxOptions): object {
  const { name, marker, source } = entry;
  const version = versionOf(entry, options);
  const licence = options.licences.get(`${name} ${version ?? ""}`);
  const references = referencesOf(entry);
  const [onlyWheel] = source.kind === "files" && source.sdist === undefined ? source.wheels : [];
  return {
    type: "library",
    "bom-ref": refOf(entry, options),
    name,
    ...(version === undefined ? {} : { version }),
    ...(licence === undefined ? {} : { licenses: [licencesOf(licence)] }),
    // If there are several files, each reference has its own hashes.
    ...(onlyWheel === undefined || references.length > 1 ? {} : { hashes: hashesOf(onlyWheel.hashes) }),
    purl: refOf(entry, options),
    ...(references.length === 0 ? {} : { externalReferences: references }),
    ...(marker === undefined
      ? {}
      : { properties: [{ name: "posy:package:marker", value: markerText(marker) }] }),
  };
}

function licencesOf(licence: Licence): object {
  return licence.kind === "expression" ? { expression: licence.text } : { license: { name: licence.text } };
}

function referencesOf({ source }: LockedPackage): readonly object[] {
  switch (source.kind) {
    case "vcs":
      return source.url === undefined ? [] : [{ type: "vcs", url: source.url }];
    case "directory":
      return [];
    case "archive":
      return source.url === undefined ? [] : [fileReference(source.url, source.hashes)];
    default:
      return [...source.wheels, ...(source.sdist ? [source.sdist] : [])].flatMap(({ url, hashes }) =>
        url === undefined ? [] : [fileReference(url, hashes)],
      );
  }
}

function fileReference(url: string, hashes: Hashes): object {
  return { type: "distribution", url, hashes: hashesOf(hashes) };
}

/** CycloneDX's names of hash algorithms. It has none for others. */
const algorithms: Readonly<Record<string, string>> = {
  md5: "MD5",
  sha1: "SHA-1",
  sha256: "SHA-256",
  sha384: "SHA-384",
  sha512: "SHA-512",
  sha3_256: "SHA3-256",
  sha3_384: "SHA3-384",
  sha3_512: "SHA3-512",
};

function hashesOf(hashes: Hashes): readonly object[] {
  return Object.entries(hashes).flatMap(([algorithm, content]) => {
    const alg = algorithms[algorithm];
    return alg === undefined ? [] : [{ alg, content }];
  });
}

function interpreterComponents(interpreters: readonly Interpreter[]): readonly object[] {
  return interpreters.map((python) => {
    const { source, implementation, version, platform } = python;
    // Only the minor version of an open interpreter is certain.
    const certain = source.kind === "open" ? minorOf(version) : version;
    const generic = `pkg:generic/${implementation}@${certain}?platform=${platform}`;
    const purl = source.kind === "catalogue" ? source.purl : generic;
    const withHashes = "hashes" in source ? { hashes: hashesOf(source.hashes) } : {};
    return { type: "platform", "bom-ref": purl, name: implementation, version: certain, ...withHashes, purl };
  });
}
