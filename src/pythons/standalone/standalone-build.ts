import { isDigest } from "../../vocab/hash.ts";
import { parseStandaloneName, type StandaloneName } from "./standalone-name.ts";

/** An archive that a place lists. */
export interface StandaloneBuild {
  readonly name: StandaloneName;
  readonly filename: string;
  /** Undefined where a folder has the archive and nobody has said its hash. */
  readonly sha256?: string;
  readonly size?: number;
}

/**
 * The builds of `SHA256SUMS` (`digest  name` a line, perhaps with `*` or folders before the name). What is no archive
 * for a platform of Posy's is passed over.
 */
export function parseSums(text: string): readonly StandaloneBuild[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [, sha256 = "", path = ""] = /^([0-9a-f]{64})[ \t]+\*?(\S+)$/i.exec(line.trim()) ?? [];
    return buildOf(path.slice(path.lastIndexOf("/") + 1), sha256);
  });
}

/** How a kept listing has them: what `parseSums` reads. */
export function formatSum({ sha256, filename }: StandaloneBuild): string {
  return `${sha256}  ${filename}`;
}

/**
 * The builds of the publisher's index of all versions: a JSON object a line, newest first, each with `artifacts` of
 * `url` and `sha256`. The URL is used for the name in it and nothing else.
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
  if (line.trim() === "") return [];
  try {
    const { artifacts } = JSON.parse(line) as { artifacts?: unknown };
    return Array.isArray(artifacts) ? artifacts.filter((each) => typeof each === "object" && each) : [];
  } catch {
    // One line that can't be read is no reason to do without the others.
    return [];
  }
}

function buildOf(written: string, sha256: string): readonly StandaloneBuild[] {
  const filename = written.replace("%2B", "+");
  const name = parseStandaloneName(filename);
  if (name === undefined || !isDigest("sha256", sha256)) return [];
  return [{ name, filename, sha256: sha256.toLowerCase() }];
}
