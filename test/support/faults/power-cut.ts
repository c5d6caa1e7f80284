import {
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
  chmodSync,
} from "node:fs";
import { basename, join } from "node:path";
import type { InjectedRun } from "./injector.ts";

/** What a power cut can do to a file that was not synced. */
const damages: readonly ((content: Buffer) => Buffer)[] = [
  () => Buffer.alloc(0),
  (content) => Buffer.alloc(content.length),
  (content) => content.subarray(0, Math.floor(content.length / 3)),
  (content) =>
    Buffer.concat([content.subarray(0, content.length >> 1), Buffer.alloc((content.length + 1) >> 1)]),
];

/** Returns the files in a folder, without bytecode, which nobody verifies. Links are not followed. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "__pycache__" ? [] : filesIn(path);
    return entry.isFile() ? [path] : [];
  });
}

/** Writes a file, and keeps its times: the disk had the size and the times, and not the content. */
export function replaceContent(path: string, content: Buffer): void {
  const { atimeMs, mtimeMs, mode } = statSync(path);
  chmodSync(path, 0o600);
  writeFileSync(path, content);
  chmodSync(path, mode & 0o7777);
  utimesSync(path, atimeMs / 1000, mtimeMs / 1000);
}

/** Damages a file as a power cut would. */
export function damageFile(path: string, random: () => number): void {
  const damage = damages[Math.floor(random() * damages.length)] as (typeof damages)[number];
  replaceContent(path, damage(readFileSync(path)));
}

/** Returns what shows that a file was written to, for each file in a folder, by its inode. */
export function fileStates(root: string): Map<number, string> {
  return new Map(filesIn(root).map((path) => [lstatSync(path).ino, stateOf(path)]));
}

/** Another name, or another mode, needs no new content. */
function stateOf(path: string): string {
  const { size, mtimeMs } = lstatSync(path);
  return `${size} ${mtimeMs}`;
}

/**
 * Leaves a folder as a power cut might: files that were written since `before` (`fileStates`) and not synced may have
 * lost their content, and the machine was started again. `synced` has inodes, and what was changed before `flushed` is
 * on the disk, too. Returns the files that lost something.
 */
export function cutPower(
  root: string,
  before: ReadonlyMap<number, string>,
  { synced, flushed }: Pick<InjectedRun, "synced" | "flushed">,
  random: () => number,
): readonly string[] {
  const damaged: string[] = [];
  // All content may be lost, or some, or none.
  const share = random() < 0.3 ? 1 : random();
  const seen = new Set<number>();
  for (const path of filesIn(root).sort()) {
    const { ino, ctimeMs, size } = lstatSync(path);
    if (stateOf(path) === before.get(ino) || ctimeMs < flushed || size === 0 || seen.has(ino)) continue;
    seen.add(ino);
    if (synced.has(ino) || random() >= share) continue;
    damageFile(path, random);
    damaged.push(path);
  }
  for (const path of filesIn(root)) {
    if (basename(path) !== "posy-entry.json" && basename(path) !== "posy-env.json") continue;
    const text = readFileSync(path, "utf8");
    const changed = text.replace(/"boot":"[^"]*"/, '"boot":"00000000-0000-4000-8000-000000000000"');
    if (changed !== text) replaceContent(path, Buffer.from(changed));
  }
  return damaged;
}
