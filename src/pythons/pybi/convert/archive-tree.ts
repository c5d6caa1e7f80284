import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type NewZipMember, writeZip } from "../../../system/archives/index.ts";
import { formatRecord, parseRecord, type RecordRow } from "../../../vocab/metadata/index.ts";

const recordPath = "pybi-info/RECORD";

/** Writes the archive of a pybi from its tree: the files in RECORD sorted by path, then `pybi-info/`, then RECORD. */
export async function archiveTree(tree: string, path: string): Promise<void> {
  const rows = parseRecord(await readFile(join(tree, recordPath), "utf8")).filter(
    (row) => row.path !== recordPath,
  );
  const sorted = rows.sort((a, b) => isInfo(a) - isInfo(b) || (a.path < b.path ? -1 : 1));
  await writeZip(path, members(tree, sorted));
}

async function* members(tree: string, rows: readonly RecordRow[]): AsyncGenerator<NewZipMember> {
  for (const { path, symlink } of rows) {
    if (symlink !== undefined) {
      yield { path, mode: 0o777, kind: "symlink", data: symlink };
      continue;
    }
    const file = join(tree, path);
    const executable = ((await lstat(file)).mode & 0o111) !== 0;
    yield { path, mode: executable ? 0o755 : 0o644, kind: "file", data: { file } };
  }
  const record = formatRecord([...rows, { path: recordPath }]);
  yield { path: recordPath, mode: 0o644, kind: "file", data: record };
}

function isInfo({ path }: RecordRow): number {
  return path.startsWith("pybi-info/") ? 1 : 0;
}
