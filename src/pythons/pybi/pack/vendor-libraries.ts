import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { editElf, type Elf, isElf, readElf, stripElf } from "../../../system/binaries/index.ts";
import { sha256Of } from "../../../system/fs/index.ts";
import { useSystemCertificates } from "./certificate-paths.ts";
import { librarySearch } from "./find-library.ts";
import { isMusl, isSystemLibrary } from "./platform-policy.ts";
import type { Selected } from "./select-files.ts";

/** A shared library of the packing machine that comes along. */
export interface Vendored {
  /** What it is called here, `libssl.so.3`. */
  readonly name: string;
  /** Where it lies in the pybi. */
  readonly path: string;
  readonly source: string;
}

/** The programs and libraries of the pybi as they shall be. */
export interface Libraries {
  /** Path in the pybi → content: all ELF files, those that were copied included. */
  readonly contents: ReadonlyMap<string, Uint8Array>;
  readonly elves: ReadonlyMap<string, Elf>;
  readonly vendored: readonly Vendored[];
  readonly warnings: readonly string[];
}

interface Waiting {
  readonly path: string;
  readonly source: string;
  readonly bytes: Uint8Array;
  readonly elf: Elf;
  readonly soname?: string;
}

/**
 * Makes every program and library find what it needs in the tree, wherever that lies: what is not the system's business
 * (`platform-policy.ts`) is copied into `lib/`, and run paths are relative (`$ORIGIN`). Copies get a part of their hash
 * into their names, as `auditwheel` has it: a library of the same name that a wheel or the system brings would otherwise
 * be taken for it within one process.
 */
export function vendorLibraries(entries: readonly Selected[], multiarch: string, strip: boolean): Libraries {
  const own = new Set<string>();
  const waiting: Waiting[] = [];
  for (const entry of entries) {
    if (/^lib\/lib[^/]+$/.test(entry.path)) own.add(posix.basename(entry.path));
    if (entry.kind !== "file" || !entry.executable) continue;
    const bytes = readFileSync(entry.source);
    const elf = isElf(bytes) ? readElf(bytes) : undefined;
    if (elf !== undefined) waiting.push({ path: entry.path, source: entry.source, bytes, elf });
  }
  const [first] = waiting;
  const contents = new Map<string, Uint8Array>();
  const elves = new Map<string, Elf>();
  const vendored = new Map<string, Vendored>();
  const warnings: string[] = [];
  if (first === undefined) return { contents, elves, vendored: [], warnings };
  const libc = isMusl(waiting.map(({ elf }) => elf)) ? "musl" : "glibc";
  const search = librarySearch(first.elf.machine, first.elf.bits, multiarch);

  for (let each = waiting.shift(); each !== undefined; each = waiting.shift()) {
    const { path, source, elf } = each;
    const renamed = new Map<string, string>();
    let needsTree = false;
    for (const name of elf.needed) {
      if (own.has(name)) needsTree = true;
      if (own.has(name) || isSystemLibrary(name, libc)) continue;
      const found = search(name, {
        path: source,
        ...(elf.runPath === undefined ? {} : { runPath: elf.runPath }),
      });
      if (found === undefined) {
        warnings.push(`\`${path}\` needs \`${name}\`, which is not on this machine: it won't load`);
        continue;
      }
      needsTree = true;
      let copy = vendored.get(found);
      if (copy === undefined) {
        const bytes = readFileSync(found);
        copy = { name, path: `lib/${hashedName(name, bytes)}`, source: found };
        vendored.set(found, copy);
        const described = readElf(bytes);
        if (described !== undefined) {
          waiting.push({
            path: copy.path,
            source: found,
            bytes,
            elf: described,
            soname: posix.basename(copy.path),
          });
        }
      }
      renamed.set(name, posix.basename(copy.path));
    }
    const bytes = Uint8Array.from(strip ? stripElf(each.bytes) : each.bytes);
    useSystemCertificates(bytes);
    const edit = {
      needed: renamed,
      ...(each.soname === undefined ? {} : { soname: each.soname }),
      // One that leads nowhere in the tree leads to the builder's machine.
      ...(needsTree || elf.runPath !== undefined ? { runPath: runPathTo(path) } : {}),
    };
    const content = editElf(bytes, edit, path);
    contents.set(path, content);
    elves.set(path, readElf(content) ?? elf);
  }
  const sorted = [...vendored.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { contents, elves, vendored: sorted, warnings };
}

/** `libssl.so.3` → `libssl-1a2b3c4d.so.3`. */
function hashedName(name: string, bytes: Uint8Array): string {
  const [stem = name] = name.split(".so");
  return `${stem}-${sha256Of(bytes).slice(0, 8)}${name.slice(stem.length)}`;
}

/** From the folder of a file to `lib/`. */
function runPathTo(path: string): string {
  const way = posix.relative(posix.dirname(path), "lib");
  return way === "" ? "$ORIGIN" : `$ORIGIN/${way}`;
}
