import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { readElf } from "../../../system/binaries/index.ts";

/** Finds the file of a library as the loader of this machine would. `from` is the file that needs the library. */
export type LibrarySearch = (
  name: string,
  from: { readonly path: string; readonly runPath?: string },
) => string | undefined;

/** Returns a search among the libraries for one processor and word size, numbers as in ELF headers. */
export function librarySearch(machine: number, bits: number, multiarch: string): LibrarySearch {
  const folders = [...new Set([...configured("/etc/ld.so.conf"), ...usual(multiarch)])].filter(existsSync);
  const known = new Map<string, string | undefined>();
  const fitting = (path: string): string | undefined => {
    if (!known.has(path)) {
      const elf = existsSync(path) ? readElf(readFileSync(path)) : undefined;
      known.set(path, elf?.machine === machine && elf.bits === bits ? realpathSync(path) : undefined);
    }
    return known.get(path);
  };
  return (name, { path, runPath = "" }) => {
    const origin = dirname(realpathSync(path));
    const runPathFolders = runPath
      .split(":")
      .filter(Boolean)
      .map((folder) => folder.replace(/\$ORIGIN|\$\{ORIGIN\}/g, origin));
    for (const folder of [...runPathFolders, ...folders]) {
      const found = fitting(join(folder, name));
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

function usual(multiarch: string): readonly string[] {
  const specific = multiarch === "" ? [] : [`/lib/${multiarch}`, `/usr/lib/${multiarch}`];
  return specific.concat(["/lib64", "/usr/lib64", "/lib", "/usr/lib", "/usr/local/lib"]);
}

/** Returns the folders in a configuration file of the loader, with those of the files that it includes. */
function configured(file: string): readonly string[] {
  let text = "";
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return [];
  }
  return text.split("\n").flatMap((line) => {
    const words = line.replace(/#.*/, "").trim();
    const include = /^include\s+(\S+)\/\*\.conf$/.exec(words);
    if (!include?.[1]) return words.startsWith("/") ? [words] : [];
    const folder = include[1].startsWith("/") ? include[1] : join(dirname(file), include[1]);
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((name) => name.endsWith(".conf"))
      .sort()
      .flatMap((name) => configured(join(folder, name)));
  });
}
