import { PosyError } from "../../errors/posy-error.ts";
import { parseMemberName } from "../../system/archives/index.ts";
import { parseRecord, type RecordRow } from "../../vocab/metadata/index.ts";
import type { MemberFacts } from "./wheel-member.ts";

const algorithms = new Set(["sha256", "sha384", "sha512"]);

/** The RECORD of a wheel, with which its members are compared. */
export interface WheelRecord {
  /** Throws `invalid-record` if the member's size or hash differs from RECORD. */
  check(path: string, facts: MemberFacts): void;
  /** Returns the flaws that are only warned about: members that RECORD leaves out, and rows without a member. */
  omissions(): { readonly unlisted: readonly string[]; readonly absent: readonly string[] };
}

/**
 * Reads RECORD (PEP 376, PEP 427). pip 26 and uv 0.13 do not compare it with the content, and skip rows without a file.
 * Posy refuses a wrong hash or size. It warns of a member that RECORD leaves out or lists without a hash, and of a row
 * without a member, which it drops.
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
      let isVerified = false;
      for (const row of rows.get(path) ?? []) {
        if (row.size !== undefined && row.size !== facts.size) {
          throw recordMismatch(
            filename,
            path,
            `\`${path}\` has ${facts.size} bytes, its RECORD says ${row.size}`,
          );
        }
        if (row.hash === undefined || !algorithms.has(row.hash.algorithm)) continue;
        if (facts.digest(row.hash.algorithm) !== row.hash.digest) {
          throw recordMismatch(
            filename,
            path,
            `\`${path}\` does not have the ${row.hash.algorithm} that its RECORD says`,
          );
        }
        isVerified = true;
      }
      if (!isVerified) unlisted.push(path);
    },
    omissions: () => ({ unlisted, absent: [...rows.keys()].filter((path) => !seen.has(path)) }),
  };
}

function recordMismatch(filename: string, path: string, what: string): PosyError {
  return new PosyError("invalid-record", `\`${filename}\` can't be trusted: ${what}`, {
    hint: `\`${path}\` was changed after the wheel was made; tell those who published it`,
  });
}
