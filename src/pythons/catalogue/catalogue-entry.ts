import { describeInterpreter } from "../compatibility/index.ts";
import type { Interpreter } from "../../model/index.ts";
import { parseVersion } from "../../vocab/version/index.ts";
import type { PlatformName } from "../../vocab/tags/index.ts";

/**
 * One line of `catalogue.json`: what can't be computed of an archive. All else of its pybi metadata (markers, wheel
 * tags, paths) is a function of version and platform (`describeInterpreter`), which the package URL says.
 */
export interface CatalogueEntry {
  readonly purl: string;
  /** Bytes of the archive. */
  readonly size: number;
  readonly sha256: string;
  /** The highest `GLIBC_` version or the newest macOS that any file of it asks for. */
  readonly platformTag: string;
  /** Modules of `optional-modules.ts` that it does not have. */
  readonly lacks: readonly string[];
}

/** Written by `scripts/regenerate-catalogue.ts`. */
export interface Catalogue {
  readonly catalogueVersion: 1;
  readonly interpreters: readonly CatalogueEntry[];
}

/** What a jar's classifier calls a platform. */
export const platformOfClassifier: Readonly<Record<string, PlatformName>> = {
  "linux-x86_64": "linux-x86_64",
  "linux-arm64": "linux-aarch64",
  "macosx-x86_64": "macos-x86_64",
  "macosx-arm64": "macos-arm64",
  "windows-x86_64": "windows-x86_64",
};

const purlPattern = /^pkg:maven\/[^/]+\/([^@]+)@([^?]+)\?classifier=([A-Za-z0-9_-]+)$/;

/** The platform of an entry's archive. */
export function entryPlatform({ purl }: CatalogueEntry): PlatformName {
  const platform = platformOfClassifier[purl.slice(purl.lastIndexOf("=") + 1)];
  if (platform === undefined) throw new Error(`\`${purl}\` in the catalogue is of no known platform`);
  return platform;
}

/** The interpreter that an entry stands for. */
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
