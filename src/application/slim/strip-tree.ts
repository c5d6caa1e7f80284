import { readFile } from "node:fs/promises";
import { isElf, stripElf } from "../../system/binaries/index.ts";
import { parseRecord, formatRecord } from "../../vocab/metadata/index.ts";
import { type ApplicationTree, type TreeEntry, bytesOf, sizeOf } from "../tree/index.ts";

/** Files of one kind that were removed, or made smaller. */
export interface Removed {
  /** `tests`, `headers`, … */
  readonly what: string;
  /** Number of files. */
  readonly files: number;
  /** Bytes. */
  readonly size: number;
}

type Kind = "tests" | "headers" | "static libraries" | "IDLE" | "debug symbols";

/** Larger libraries keep their debug sections: they would be held in memory. Bytes. */
const largestStripped = 256 * 2 ** 20;

/**
 * Returns an application without files that running does not need, and what was removed: tests of packages, C headers,
 * static libraries, IDLE and turtledemo, debug files, and the debug sections of libraries for Linux. Tests that other
 * modules of their package import stay. RECORD is corrected.
 */
export async function strippedTree(
  tree: ApplicationTree,
): Promise<{ readonly tree: ApplicationTree; readonly removed: readonly Removed[] }> {
  const used = await usedTestFolders(tree);
  const removed = new Map<Kind, { files: number; size: number }>();
  const count = (kind: Kind, size: number) => {
    const sum = removed.get(kind) ?? { files: 0, size: 0 };
    removed.set(kind, { files: sum.files + 1, size: sum.size + size });
  };
  const entries: TreeEntry[] = [];
  for (const entry of tree.entries) {
    const kind = kindOf(entry.path, tree, used);
    if (kind !== undefined) {
      count(kind, entry.kind === "file" ? await sizeOf(entry.source) : 0);
      continue;
    }
    const smaller = await withoutDebugSections(entry);
    if (smaller !== undefined) count("debug symbols", smaller.saved);
    entries.push(smaller?.entry ?? entry);
  }
  const stripped = await withTrueRecords({ ...tree, entries });
  const programs = tree.programs.filter(({ path }) => stripped.entries.some((entry) => entry.path === path));
  return {
    tree: { ...stripped, programs },
    removed: [...removed].map(([what, sum]) => ({ what, ...sum })),
  };
}

function kindOf(
  path: string,
  { sitePackages, target }: ApplicationTree,
  used: ReadonlySet<string>,
): Kind | undefined {
  const { stdlib, include, scripts } = target.python.paths;
  const inPackages = path.startsWith(`${sitePackages}/`);
  if (path.startsWith(`${include}/`) || path.startsWith("include/")) return "headers";
  if (inPackages && /\/include\/.*\.(h|hh|hpp|hxx|cuh|inc)$/.test(path)) return "headers";
  if (/\.(a|lib)$/.test(path) || path.startsWith("lib/pkgconfig/")) return "static libraries";
  if (path.startsWith(`${stdlib}/idlelib/`) || path.startsWith(`${stdlib}/turtledemo/`)) return "IDLE";
  if (path.startsWith(`${scripts}/idle`)) return "IDLE";
  if (/\.(pdb|debug)$/.test(path) || /\.dSYM\//.test(path)) return "debug symbols";
  if (!inPackages) {
    return /^(test|idle_test)\/|\/tests?\//.test(path.slice(stdlib.length + 1)) &&
      path.startsWith(`${stdlib}/`)
      ? "tests"
      : undefined;
  }
  const folder = testFolderOf(path, sitePackages);
  return folder === undefined || used.has(folder) ? undefined : "tests";
}

/** Returns the folder of tests that a file is in: `…/numpy/linalg/tests`. A top-level package is never one. */
function testFolderOf(path: string, sitePackages: string): string | undefined {
  const inside = path.slice(sitePackages.length + 1);
  const [, folder] = /^([^/]+(?:\/[^/]+)*?\/tests?)\//.exec(inside) ?? [];
  return folder === undefined || /\.dist-info\//.test(inside) ? undefined : `${sitePackages}/${folder}`;
}

/**
 * Returns the folders of tests that other modules import: some packages keep functions for users there, as numpy does
 * in `numpy/_core/tests`. A folder of tests that stays may import others.
 */
async function usedTestFolders({ entries, sitePackages }: ApplicationTree): Promise<ReadonlySet<string>> {
  const folderOf = (path: string) =>
    path.startsWith(`${sitePackages}/`) ? testFolderOf(path, sitePackages) : undefined;
  const folders = new Set(entries.flatMap(({ path }) => folderOf(path) ?? []));
  const imports: (readonly [importing: string | undefined, imported: string])[] = [];
  if (folders.size === 0) return folders;
  for (const entry of entries) {
    const { path } = entry;
    if (entry.kind !== "file" || !path.endsWith(".py") || !path.startsWith(`${sitePackages}/`)) continue;
    const text = new TextDecoder().decode(await bytesOf(entry.source));
    for (const imported of importedTests(text, path, sitePackages)) {
      if (folders.has(imported)) imports.push([folderOf(path), imported]);
    }
  }
  const used = new Set<string>();
  for (let size = -1; size !== used.size; ) {
    ({ size } = used);
    for (const [importing, imported] of imports)
      if (importing === undefined || used.has(importing)) used.add(imported);
  }
  return used;
}

const importLine =
  /^[ \t]*(?:from[ \t]+([.\w]+)[ \t]+import[ \t]*(\([^)]*\)|[^#\n]*)|import[ \t]+([^#\n]*))/gm;

/** Returns the paths of folders `test` and `tests` that the import statements of a module name. */
export function importedTests(text: string, path: string, sitePackages: string): readonly string[] {
  const found: string[] = [];
  const add = (module: string) => {
    const [, dots = "", rest = ""] = /^(\.*)(.*)$/.exec(module) ?? [];
    const base = dots === "" ? sitePackages.split("/") : path.split("/").slice(0, -dots.length);
    const names = rest.split(".").filter((name) => name !== "");
    for (const [index, name] of names.entries()) {
      if (/^tests?$/.test(name)) found.push([...base, ...names.slice(0, index + 1)].join("/"));
    }
  };
  for (const [, from, names = "", modules = ""] of text.matchAll(importLine)) {
    if (from !== undefined) {
      add(from);
      for (const [name] of names.matchAll(/\btests?\b/g))
        add(from.endsWith(".") ? from + name : `${from}.${name}`);
    } else {
      for (const module of modules.split(",")) add(module.trim().split(/\s/, 1)[0] ?? "");
    }
  }
  return found;
}

async function withoutDebugSections(
  entry: TreeEntry,
): Promise<{ readonly entry: TreeEntry; readonly saved: number } | undefined> {
  if (entry.kind !== "file" || !("path" in entry.source)) return undefined;
  if (!/\.so(\.[\d.]+)?$/.test(entry.path) && !entry.executable) return undefined;
  if ((await sizeOf(entry.source)) > largestStripped) return undefined;
  const bytes = await readFile(entry.source.path);
  const stripped = isElf(bytes) ? stripElf(bytes) : bytes;
  if (stripped.length >= bytes.length) return undefined;
  return { entry: { ...entry, source: { bytes: stripped } }, saved: bytes.length - stripped.length };
}

/** Returns the application with RECORD files that name only files which are there, with their hashes. */
async function withTrueRecords(tree: ApplicationTree): Promise<ApplicationTree> {
  const { sitePackages } = tree;
  const byPath = new Map(tree.entries.map((entry) => [entry.path, entry]));
  const entries = tree.entries.map((entry): TreeEntry => {
    if (entry.kind !== "file" || !("bytes" in entry.source) || !entry.path.endsWith(".dist-info/RECORD"))
      return entry;
    const rows = parseRecord(new TextDecoder().decode(entry.source.bytes)).flatMap((row) => {
      const found = byPath.get(joined(sitePackages, row.path));
      if (found === undefined) return [];
      const isStored = found.kind === "file" && "path" in found.source;
      return isStored ? [row] : [{ path: row.path }];
    });
    return { ...entry, source: { bytes: Buffer.from(formatRecord(rows)) } };
  });
  return { ...tree, entries };
}

function joined(folder: string, path: string): string {
  const parts = folder.split("/");
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  return parts.join("/");
}
