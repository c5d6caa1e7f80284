import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { editElf, type Elf, readElf, stripElf } from "../../../system/binaries/index.ts";
import { sha256Of } from "../../../system/fs/index.ts";
import { useSystemCertificates } from "./certificate-paths.ts";
import { librarySearch } from "./find-library.ts";
import { isMusl, isSystemLibrary } from "./platform-policy.ts";
import type { Selected } from "./select-files.ts";

/** A shared library of the packing machine that is copied into the pybi. */
export interface Vendored {
  /** Its name on this machine: `libssl.so.3`. */
  readonly name: string;
  /** Its path in the pybi. */
  readonly path: string;
  readonly source: string;
}

/** The programs and libraries of a pybi, after they were changed. */
export interface Libraries {
  /** Path in the pybi → content, for all ELF files including copied libraries. */
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
 * Makes every program and library find the libraries that it needs in the tree, in whatever folder the tree is.
 * Libraries that the system does not provide (`platform-policy.ts`) are copied into `lib/`, and run paths become
 * relative (`$ORIGIN`). The names of copies contain a part of their hash, as with `auditwheel`. Otherwise a process
 * that loads a library of the same name from a wheel or from the system would use that one.
 */
export function vendorLibraries(entries: readonly Selected[], multiarch: string, strip: boolean): Libraries {
  const bundled = new Set<string>();
  const waiting: Waiting[] = [];
  for (const entry of entries) {
    if (/^lib\/lib[^/]+$/.test(entry.path)) bundled.add(posix.basename(entry.path));
    if (entry.kind !== "file" || !entry.executable) continue;
    const bytes = readFileSync(entry.source);
    const elf = readElf(bytes);
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
      if (bundled.has(name)) needsTree = true;
      if (bundled.has(name) || isSystemLibrary(name, libc)) continue;
      const library = search(name, {
        path: source,
        ...(elf.runPath === undefined ? {} : { runPath: elf.runPath }),
      });
      if (library === undefined) {
        warnings.push(`\`${path}\` won't load: this machine does not have \`${name}\`, which it needs`);
        continue;
      }
      needsTree = true;
      let copy = vendored.get(library);
      if (copy === undefined) {
        const bytes = readFileSync(library);
        copy = { name, path: `lib/${hashedName(name, bytes)}`, source: library };
        vendored.set(library, copy);
        const described = readElf(bytes);
        if (described !== undefined) {
          waiting.push({
            path: copy.path,
            source: library,
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
      // A run path that does not lead into the tree leads to a folder of the build machine, so it is replaced, too.
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

/** Returns the run path from the folder of a file to `lib/`. */
function runPathTo(path: string): string {
  const relative = posix.relative(posix.dirname(path), "lib");
  return relative === "" ? "$ORIGIN" : `$ORIGIN/${relative}`;
}
