import { basename, join } from "node:path";
import { textIfThere, writeAtomic } from "../../system/fs/index.ts";
import type { DownloadedFile } from "./write-files.ts";

const filename = "SHA256SUMS";
const line = /^([0-9a-f]{64})[ \t]+\*?(\S+)$/i;

/**
 * Lists archives of interpreters in `SHA256SUMS`, in addition to those that it lists already. With this file, the
 * folder is a mirror of python-build-standalone too, and Posy need not compute the hashes each time.
 */
export async function writeSums(folder: string, files: readonly DownloadedFile[]): Promise<void> {
  if (files.length === 0) return;
  const path = join(folder, filename);
  const before = (await textIfThere(path)) ?? "";
  const sums = new Map<string, string>();
  for (const text of before.split(/\r?\n/)) {
    const [, sha256, name] = line.exec(text.trim()) ?? [];
    if (sha256 !== undefined && name !== undefined) sums.set(name, sha256);
  }
  for (const { path: archive, sha256 } of files) sums.set(basename(archive), sha256);
  const lines = [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, sha256]) => `${sha256}  ${name}\n`);
  const text = lines.join("");
  if (text !== before) await writeAtomic(path, text);
}
