import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { readElf } from "../../../system/binaries/index.ts";

/** Finds the file of a library as the loader of this machine would. `from` is the file that needs the library. */
export type LibrarySearch = (
  name: string,
  from: { readonly path: string; readonly runPath?: string },
) => string | undefined;

/**
 * Returns a search among the libraries for one processor and word size, numbers as in ELF headers. `system` is the
 * folder with the libraries and the configuration of the system.
 */
export function librarySearch(machine: number, bits: number, multiarch: string, system = "/"): LibrarySearch {
  const folders = [...configured("/etc/ld.so.conf", system), ...usual(multiarch)].map((folder) =>
    join(system, folder),
  );
  const fits = (path: string): boolean => {
    const elf = existsSync(path) ? readElf(readFileSync(path)) : undefined;
    return elf?.machine === machine && elf.bits === bits;
  };
  return (name, { path, runPath = "" }) => {
    const origin = dirname(realpathSync(path));
    const runPathFolders = runPath
      .split(":")
      .filter(Boolean)
      .map((folder) => folder.replace(/\$ORIGIN|\$\{ORIGIN\}/g, origin));
    const found = [...runPathFolders, ...folders].map((folder) => join(folder, name)).find(fits);
    return found === undefined ? undefined : realpathSync(found);
  };
}

function usual(multiarch: string): readonly string[] {
  const specific = multiarch === "" ? [] : [`/lib/${multiarch}`, `/usr/lib/${multiarch}`];
  return specific.concat(["/lib64", "/usr/lib64", "/lib", "/usr/lib", "/usr/local/lib"]);
}

/**
 * Returns the folders in a configuration file of the loader, with those of the files that it includes. Paths are
 * relative to `system`.
 */
function configured(file: string, system: string): readonly string[] {
  return linesOf(join(system, file)).flatMap((line) => {
    const words = line.replace(/#.*/, "").trim();
    const [, included] = /^include\s+(\S+)\/\*\.conf$/.exec(words) ?? [];
    if (included === undefined) return words.startsWith("/") ? [words] : [];
    const folder = resolve(dirname(file), included);
    return namesIn(join(system, folder))
      .filter((name) => name.endsWith(".conf"))
      .sort()
      .flatMap((name) => configured(join(folder, name), system));
  });
}

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, "utf8").split("\n");
  } catch {
    return [];
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
