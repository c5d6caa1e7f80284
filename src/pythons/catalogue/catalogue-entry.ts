import { describeInterpreter } from "../compatibility/index.ts";
import type { Interpreter } from "../../model/index.ts";
import { parseVersion } from "../../vocab/version/index.ts";
import type { PlatformName } from "../../vocab/tags/index.ts";

/**
 * One entry of `catalogue.json`: the properties of an archive that can't be computed. All other pybi metadata (markers,
 * wheel tags, paths) follow from version and platform (`describeInterpreter`), which are in the package URL.
 */
export interface CatalogueEntry {
  readonly purl: string;
  /** Bytes of the archive. */
  readonly size: number;
  readonly sha256: string;
  /** Has the highest `GLIBC_` version or the newest macOS that any of its files needs. */
  readonly platformTag: string;
  /** Modules of `optional-modules.ts` that it does not have. */
  readonly lacks: readonly string[];
}

/** Written by `scripts/regenerate-catalogue.ts`. */
export interface Catalogue {
  readonly catalogueVersion: 1;
  readonly interpreters: readonly CatalogueEntry[];
}

/** Platforms by the classifier of a jar. */
export const platformOfClassifier: Readonly<Record<string, PlatformName>> = {
  "linux-x86_64": "linux-x86_64",
  "linux-arm64": "linux-aarch64",
  "macosx-x86_64": "macos-x86_64",
  "macosx-arm64": "macos-arm64",
  "windows-x86_64": "windows-x86_64",
};

const purlPattern = /^pkg:maven\/[^/]+\/([^@]+)@([^?]+)\?classifier=([A-Za-z0-9_-]+)$/;

/** Returns the platform of an entry's archive. */
export function entryPlatform({ purl }: CatalogueEntry): PlatformName {
  const platform = platformOfClassifier[purl.slice(purl.lastIndexOf("=") + 1)];
  if (platform === undefined) throw new Error(`\`${purl}\` in the catalogue is for an unknown platform`);
  return platform;
}

/** Returns the interpreter that an entry describes. */
export function catalogueInterpreter(entry: CatalogueEntry): Interpreter {
  const [, name = "", release = "", classifier = ""] = purlPattern.exec(entry.purl) ?? [];
  // 3.13.5-1.5.12: CPython's version, then the packager's.
  const [version = ""] = release.split("-");
  return {
    ...describeInterpreter(parseVersion(version), entryPlatform(entry)),
    platformTags: [entry.platformTag],
    source: {
      kind: "catalogue",
      purl: entry.purl,
      filename: `${name}-${release}-${classifier}.jar`,
      size: entry.size,
      hashes: { sha256: entry.sha256 },
    },
    lacks: entry.lacks,
  };
}
