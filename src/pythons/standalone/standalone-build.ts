import { isDigest } from "../../vocab/hash.ts";
import { parseStandaloneName, type StandaloneName } from "./standalone-name.ts";

/** An archive that a mirror lists. */
export interface StandaloneBuild {
  readonly name: StandaloneName;
  readonly filename: string;
  /** Undefined for an archive in a folder that lists no hash for it. */
  readonly sha256?: string;
  readonly size?: number;
}

/**
 * Parses `SHA256SUMS`: lines of `digest  name`, perhaps with `*` or folders before the name. Skips files that are not
 * archives for a platform of Posy.
 */
export function parseSums(text: string): readonly StandaloneBuild[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [, sha256 = "", path = ""] = /^([0-9a-f]{64})[ \t]+\*?(\S+)$/i.exec(line.trim()) ?? [];
    return buildOf(path.slice(path.lastIndexOf("/") + 1), sha256);
  });
}

/** Formats a build as a line that `parseSums` reads, for a cached listing. */
export function formatSum({ sha256, filename }: StandaloneBuild): string {
  return `${sha256}  ${filename}`;
}

/**
 * Parses the publisher's index of all versions: one JSON object per line, newest first, each with `artifacts` of `url`
 * and `sha256`. Of the URL only the file name is used.
 */
export function parseVersions(text: string): readonly StandaloneBuild[] {
  return text.split("\n").flatMap((line) => {
    const artifacts = artifactsOf(line);
    return artifacts.flatMap(({ url, sha256 }) => {
      if (typeof url !== "string" || typeof sha256 !== "string") return [];
      return buildOf(url.slice(url.lastIndexOf("/") + 1), sha256);
    });
  });
}

function artifactsOf(line: string): readonly { readonly url?: unknown; readonly sha256?: unknown }[] {
  try {
    const { artifacts } = JSON.parse(line) as { artifacts?: unknown };
    return Array.isArray(artifacts) ? artifacts.filter((artifact) => artifact !== null) : [];
  } catch {
    // A line that can't be read must not hide the others.
    return [];
  }
}

function buildOf(name: string, sha256: string): readonly StandaloneBuild[] {
  const filename = name.replace("%2B", "+");
  const parsed = parseStandaloneName(filename);
  if (parsed === undefined || !isDigest("sha256", sha256)) return [];
  return [{ name: parsed, filename, sha256: sha256.toLowerCase() }];
}
