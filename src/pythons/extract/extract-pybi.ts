import { PosyError } from "../../errors/posy-error.ts";
import { openZipFile, type ZipFile } from "../../system/archives/index.ts";
import { quote } from "../../text/index.ts";
import { parseRecord, type RecordRow } from "../../vocab/metadata/index.ts";
import type { Interpreter } from "../../model/index.ts";
import { checkPybiMetadata } from "./check-pybi-metadata.ts";
import { checkLinks } from "./check-links.ts";
import { PybiTree } from "./pybi-tree.ts";
import { recordProblem } from "./record-problem.ts";

const recordPath = "pybi-info/RECORD";

/**
 * Unpacks a pybi into `into` by PEP 711: every member must match RECORD, links are made last, and no link may leave the
 * tree. Throws `invalid-archive`, `invalid-pybi`, `invalid-record`, `metadata-mismatch`.
 */
export async function extractPybi(
  interpreter: Interpreter,
  filename: string,
  archivePath: string,
  into: string,
): Promise<void> {
  // Names that differ only in case are two files on Linux and one file elsewhere.
  const foldNames = !interpreter.platform.startsWith("linux-");
  const zip = openZipFile(archivePath, { label: filename, names: "portable", foldNames });
  try {
    const text = (name: string) => textOf(zip, `pybi-info/${name}`, filename);
    checkPybiMetadata(interpreter, { metadata: text("METADATA"), pybi: text("PYBI") }, filename);
    const record = readRecord(zip, filename);
    const links = new Map<string, string>();
    const tree = new PybiTree(into, filename);
    for (const entry of zip.entries) {
      if (entry.kind === "directory") {
        tree.folder(entry.path);
        continue;
      }
      const content = zip.readSync(entry);
      if (entry.kind === "symlink") {
        const target = Buffer.from(content).toString("utf8");
        if (record.get(entry.path)?.symlink !== target)
          throw recordMismatch(filename, entry.path, "has another link target");
        links.set(entry.path, target);
        continue;
      }
      if (entry.path !== recordPath) checkContent(filename, entry.path, content, record.get(entry.path));
      await tree.file(entry.path, content, isExecutable(entry, interpreter));
    }
    for (const path of record.keys()) {
      if (!zip.entry(path)) throw recordMismatch(filename, path, "is not in the archive");
    }
    checkLinks(links, filename, interpreter.platform);
    for (const [path, target] of links) tree.link(path, target);
    tree.folder(interpreter.paths.purelib);
  } finally {
    zip.close();
  }
}

/** Whether a member is executable. In an archive without modes, every file in the scripts folder is. */
function isExecutable(
  entry: { readonly path: string; readonly mode?: number },
  { paths }: Interpreter,
): boolean {
  return entry.mode ? (entry.mode & 0o111) !== 0 : entry.path.startsWith(`${paths.scripts}/`);
}

function textOf(zip: ZipFile, path: string, filename: string): string {
  const entry = zip.entry(path);
  if (entry?.kind === "file") return Buffer.from(zip.readSync(entry)).toString("utf8");
  throw new PosyError("invalid-pybi", `\`${filename}\` has no \`${path}\``, {
    hint: "a pybi is an archive in the format of PEP 711",
  });
}

function readRecord(zip: ZipFile, filename: string): ReadonlyMap<string, RecordRow> {
  const rows = new Map<string, RecordRow>();
  for (const row of parseRecord(textOf(zip, recordPath, filename))) {
    if (rows.has(row.path)) throw recordMismatch(filename, row.path, "is listed twice");
    rows.set(row.path, row);
  }
  return rows;
}

function checkContent(filename: string, path: string, content: Uint8Array, row: RecordRow | undefined): void {
  const problem = recordProblem(content, row);
  if (problem !== undefined) throw recordMismatch(filename, path, problem.why);
}

function recordMismatch(filename: string, path: string, what: string): PosyError {
  return new PosyError("invalid-record", `in the RECORD of \`${filename}\` ${quote(path)} ${what}`, {
    hint: "download it again; if the error remains, report it to its author",
  });
}
