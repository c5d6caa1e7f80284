import { createHash } from "node:crypto";
import { quote } from "../../text/index.ts";
import type { RecordRow } from "../../vocab/metadata/index.ts";

export interface RecordProblem {
  readonly rule: "record-missing" | "record-link" | "record-hash" | "record-hash-weak" | "record-size";
  /** The end of a sentence that begins with the path. */
  readonly why: string;
}

/** Hash algorithms that are accepted; a row needs one of them. */
const trusted = new Set(["sha256", "sha384", "sha512", "sha3_256", "sha3_384", "sha3_512", "blake2b"]);

/** Returns how a file's content differs from its row in RECORD; undefined if it matches. */
export function recordProblem(content: Uint8Array, row: RecordRow | undefined): RecordProblem | undefined {
  if (row === undefined) return { rule: "record-missing", why: "is missing" };
  if (row.symlink !== undefined)
    return { rule: "record-link", why: "is a link, but in the archive it is a file" };
  if (row.hash === undefined) return { rule: "record-hash-weak", why: "has no hash" };
  const { algorithm, digest } = row.hash;
  if (!trusted.has(algorithm)) {
    const why = `has a hash of an unsupported kind, ${quote(algorithm)}`;
    return { rule: "record-hash-weak", why };
  }
  const name = algorithm.replace("_", "-").replace("blake2b", "blake2b512");
  if (createHash(name).update(content).digest("hex") !== digest)
    return { rule: "record-hash", why: "has another hash" };
  if (row.size !== undefined && row.size !== content.length)
    return { rule: "record-size", why: "has another size" };
  return undefined;
}
