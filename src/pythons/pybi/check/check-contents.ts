import { posix } from "node:path";
import { PosyError } from "../../../errors/posy-error.ts";
import type { ZipFile } from "../../../system/archives/index.ts";
import { quote } from "../../../text/index.ts";
import { parseRecord, type RecordRow } from "../../../vocab/metadata/index.ts";
import { linkProblem, recordProblem } from "../../extract/index.ts";
import { archiveFinding } from "./open-checked.ts";
import { type Finding, finding } from "./rules.ts";

const recordPath = "pybi-info/RECORD";

/** Checks every member against RECORD, and every link against the rules for links. */
export function checkContents(zip: ZipFile, forWindows: boolean): readonly Finding[] {
  const findings: Finding[] = [];
  const record = readRecord(zip, findings);
  const links = new Map<string, string>();
  for (const entry of zip.entries) {
    if (entry.kind === "directory") continue;
    try {
      const content = zip.readSync(entry);
      const row = record?.get(entry.path);
      if (entry.kind === "symlink") {
        const target = Buffer.from(content).toString("utf8");
        links.set(entry.path, target);
        if (record !== undefined && row?.symlink !== target) {
          const why = row === undefined ? "is missing" : `does not lead to ${quote(target)}`;
          findings.push(finding("record-link", `in RECORD ${quote(entry.path)} ${why}`, entry.path));
        }
      } else if (record !== undefined && entry.path !== recordPath) {
        const problem = recordProblem(content, row);
        if (problem !== undefined) {
          findings.push(finding(problem.rule, `in RECORD ${quote(entry.path)} ${problem.why}`, entry.path));
        }
      }
    } catch (error) {
      if (!(error instanceof PosyError)) throw error;
      findings.push(archiveFinding(error, entry.path));
    }
  }
  for (const path of record?.keys() ?? []) {
    if (!zip.entry(path)) {
      findings.push(
        finding("record-nowhere", `RECORD lists ${quote(path)}, which the archive does not have`, path),
      );
    }
  }
  return [...findings, ...checkLinks(zip, links, forWindows)];
}

function readRecord(zip: ZipFile, findings: Finding[]): ReadonlyMap<string, RecordRow> | undefined {
  const entry = zip.entry(recordPath);
  if (entry?.kind !== "file") return undefined;
  const rows = new Map<string, RecordRow>();
  try {
    for (const row of parseRecord(Buffer.from(zip.readSync(entry)).toString("utf8"))) {
      if (rows.has(row.path)) {
        findings.push(finding("record-twice", `RECORD lists ${quote(row.path)} twice`, row.path));
      }
      rows.set(row.path, row);
    }
    return rows;
  } catch (error) {
    if (!(error instanceof PosyError)) throw error;
    findings.push(error.code === "invalid-record" ? finding("record", error.message) : archiveFinding(error));
    return undefined;
  }
}

function checkLinks(
  zip: ZipFile,
  links: ReadonlyMap<string, string>,
  forWindows: boolean,
): readonly Finding[] {
  const paths = new Set(zip.entries.flatMap(({ path }) => withFoldersAbove(path)));
  return [...links].flatMap(([path, target]) => {
    const problem = linkProblem(links, path, forWindows);
    if (problem !== undefined) return [finding(problem.rule, `the link ${quote(path)} ${problem.why}`, path)];
    const resolvedTarget = resolved(path, target);
    const exists = resolvedTarget === "" || paths.has(resolvedTarget);
    // A link through other links is checked when it is unpacked.
    if (exists || withFoldersAbove(resolvedTarget).some((folder) => links.has(folder))) return [];
    return [finding("link-nowhere", `the link ${quote(path)} leads to nothing: ${quote(target)}`, path)];
  });
}

function resolved(path: string, target: string): string {
  const joined = posix.join(posix.dirname(path), target).replace(/\/$/, "");
  return joined === "." ? "" : joined;
}

/** Returns `lib`, `lib/x` and `lib/x/y` for `lib/x/y`. */
function withFoldersAbove(path: string): readonly string[] {
  const parts = path.split("/");
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}
