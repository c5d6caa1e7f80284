import { PosyError } from "../../errors/posy-error.ts";
import { parseMemberName } from "../../system/archives/index.ts";
import { parseRecord, type RecordRow } from "../../vocab/metadata/index.ts";
import type { MemberFacts } from "./wheel-member.ts";

const algorithms = new Set(["sha256", "sha384", "sha512"]);

/** The wheel's own account of itself, to hold its members against. */
export interface WheelRecord {
  /**
   * Throws `invalid-record` where RECORD says something else of the content than is true.
   */
  check(path: string, facts: MemberFacts): void;
  /** What is told though it is let pass: members that RECORD leaves out, rows without a member. */
  omissions(): { readonly unlisted: readonly string[]; readonly absent: readonly string[] };
}

/**
 * Reads RECORD (PEP 376, PEP 427). What real tools do with one that is wrong (pip 26, uv 0.13): neither holds it
 * against the content, both pass over rows without a file. Here a wrong hash or size is refused; a member that
 * RECORD leaves out, or has without a hash, is told; a row without a member is told and dropped.
 */
export function readWheelRecord(text: string, distInfo: string, filename: string): WheelRecord {
  const rows = new Map<string, RecordRow[]>();
  for (const row of parseRecord(text)) {
    const parsed = parseMemberName(row.path.replaceAll("\\", "/"), "safe");
    const path = "path" in parsed ? parsed.path : row.path;
    rows.set(path, [...(rows.get(path) ?? []), row]);
  }
  const exempt = new Set(["RECORD", "RECORD.jws", "RECORD.p7s"].map((name) => `${distInfo}/${name}`));
  const unlisted: string[] = [];
  const seen = new Set<string>(exempt);
  return {
    check(path, facts) {
      if (exempt.has(path)) return;
      seen.add(path);
      let vouched = false;
      for (const row of rows.get(path) ?? []) {
        if (row.size !== undefined && row.size !== facts.size) {
          throw lie(filename, path, `\`${path}\` has ${facts.size} bytes, its RECORD says ${row.size}`);
        }
        if (row.hash === undefined || !algorithms.has(row.hash.algorithm)) continue;
        if (facts.digest(row.hash.algorithm) !== row.hash.digest) {
          throw lie(
            filename,
            path,
            `\`${path}\` does not have the ${row.hash.algorithm} that its RECORD says`,
          );
        }
        vouched = true;
      }
      if (!vouched) unlisted.push(path);
    },
    omissions: () => ({ unlisted, absent: [...rows.keys()].filter((path) => !seen.has(path)) }),
  };
}

function lie(filename: string, path: string, what: string): PosyError {
  return new PosyError("invalid-record", `\`${filename}\` can't be trusted: ${what}`, {
    hint: `\`${path}\` was changed after the wheel was made; tell those who published it`,
  });
}
