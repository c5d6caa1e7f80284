import { parseMemberName } from "../../../system/archives/index.ts";
import { quote } from "../../../text/index.ts";
import { parseRecordLeniently, type RecordRow } from "../../../vocab/metadata/index.ts";
import type { MemberFacts } from "./wheel-member.ts";

const algorithms = new Set(["sha256", "sha384", "sha512"]);

/** The RECORD of a wheel, with which its members are compared. */
export interface WheelRecord {
  /** Compares a member with its rows. */
  check(path: string, facts: MemberFacts): void;
  /** Returns what is wrong with RECORD, or undefined. It is called after all members were checked. */
  errors(): string | undefined;
}

/**
 * Reads RECORD (PEP 376, PEP 427). Its errors are only warned about: the hash of the whole wheel was verified, and
 * wheels that were changed by a tool that did not write RECORD again are common (every release of `sentry-cli`,
 * `torch 1.11`, `debugpy 1.6.6`). pip 26 and uv 0.13 do not compare RECORD with the content at all. The RECORD of the
 * installed wheel is written from the content.
 *
 * `ignored` are paths that RECORD need not have.
 */
export function readWheelRecord(text: string, ignored: readonly string[]): WheelRecord {
  const { rows, errors } = parseRecordLeniently(text);
  const rowsByPath = new Map<string, RecordRow[]>();
  for (const row of rows) {
    // Some tools list folders, too.
    if (row.path.endsWith("/")) continue;
    const parsed = parseMemberName(row.path.replaceAll("\\", "/"), "safe");
    const path = "path" in parsed ? parsed.path : row.path;
    rowsByPath.set(path, [...(rowsByPath.get(path) ?? []), row]);
  }
  const unreadable = new Set(errors.map(({ path }) => path));
  const unlisted: string[] = [];
  const unhashed: string[] = [];
  const different: string[] = [];
  const seen = new Set<string>(ignored);
  return {
    check(path, facts) {
      if (seen.has(path)) return;
      seen.add(path);
      const listed = rowsByPath.get(path);
      if (listed === undefined) unlisted.push(path);
      else if (listed.some((row) => !agrees(row, facts))) different.push(path);
      else if (!listed.some((row) => isHashed(row) || unreadable.has(row.path))) unhashed.push(path);
    },
    errors() {
      const absent = [...rowsByPath.keys()].filter((path) => !seen.has(path) && !unreadable.has(path));
      const messages = [
        ...(unlisted.length > 0 ? [`it leaves out ${firstThree(unlisted.map(quote))}`] : []),
        ...(absent.length > 0 ? [`it lists ${firstThree(absent.map(quote))}, which the wheel lacks`] : []),
        ...(different.length > 0
          ? [`it has another hash or size for ${firstThree(different.map(quote))}`]
          : []),
        ...(unhashed.length > 0 ? [`it has no secure hash for ${firstThree(unhashed.map(quote))}`] : []),
        ...(errors.length > 0 ? [firstThree(errors.map(({ message }) => message))] : []),
      ];
      return messages.length === 0 ? undefined : messages.join("; ");
    },
  };
}

function isHashed({ hash }: RecordRow): boolean {
  return hash !== undefined && algorithms.has(hash.algorithm);
}

function agrees(row: RecordRow, facts: MemberFacts): boolean {
  if (row.size !== undefined && row.size !== facts.size) return false;
  return row.hash === undefined || !isHashed(row) || facts.digest(row.hash.algorithm) === row.hash.digest;
}

function firstThree(items: readonly string[]): string {
  const shown = items.slice(0, 3).join(", ");
  return items.length > 3 ? `${shown} and ${items.length - 3} more` : shown;
}
