import { posix } from "node:path";
import { editElf, editMachO, isElf, isMachO, readElf } from "../../../../system/binaries/index.ts";
import type { Interpreter } from "../../../../model/index.ts";
import { useSystemCertificates } from "../../pack/index.ts";
import { relocate, withoutToolchain } from "../../../extract/index.ts";

/** Folders of the build machine: those of the sources, and those of the compilers. */
const buildFolder = String.raw`/[^\s'"=:,]*/(?:build_artifacts|conda-bld|bld)/[^\s'"=:,/]+/(?:work|_build_env)(?:/build-[\w-]+)?`;

/**
 * Removes conda's placeholder, which stands for the folder that a package is installed to, and the folders of the build
 * machine from a file. Texts compute the tree's folder from their own path. Programs and libraries find each other by
 * relative paths. Files that C libraries look for below the placeholder are found in folders of the system.
 */
export function relocateConda(
  path: string,
  bytes: Uint8Array,
  placeholder: string | undefined,
  interpreter: Interpreter,
): Uint8Array {
  if (isElf(bytes)) return relocatedElf(path, bytes, placeholder);
  if (isMachO(bytes)) return relocatedMachO(path, bytes, placeholder);
  const roots = [...(placeholder === undefined ? [] : [escaped(placeholder)]), buildFolder];
  const root = new RegExp(`(?:${roots.join("|")})(?![\\w.-])`, "g");
  const isConfiguration = /\/(_sysconfigdata[^/]*\.py|Makefile)$|-config$/.test(path);
  const text = isConfiguration ? withoutToolchain(path, withoutConda(bytes, root.source)) : bytes;
  return relocate(path, text, interpreter, root);
}

/** Removes flags with paths below `root`, since most conda packages are missing there, and conda's own compilers. */
function withoutConda(bytes: Uint8Array, root: string): Uint8Array {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  const changed = text
    .replace(/ ?-f(?:file|debug|macro|profile)-prefix-map=[^\s'"]+/g, "")
    .replace(new RegExp(` ?-Wl,-rpath(?:-link)?,${root}/lib(?=[\\s'",]|$)`, "gm"), "")
    .replace(
      new RegExp(` ?(?:-[LIB] ?|-isystem )${root}/(?:lib|include|compiler_compat)(?=[\\s'",]|$)`, "gm"),
      "",
    )
    .replace(new RegExp(`${root}/bin/(?=[\\w.]+-(?:conda|apple))`, "g"), "")
    .replace(/(?<![\w/.-])[\w.]+-(?:conda[\w]*-linux-gnu|apple-darwin[\d.]*)-(?=[a-z])/g, "");
  return Buffer.from(changed, "latin1");
}

function relocatedElf(path: string, bytes: Uint8Array, placeholder: string | undefined): Uint8Array {
  const runPath = readElf(bytes)?.runPath;
  const isRelative =
    runPath === undefined ||
    runPath.split(":").every((folder) => /^\$(ORIGIN|\{ORIGIN\})(\/|$)/.test(folder));
  const toLib = posix.relative(posix.dirname(path), "lib");
  const edit = isRelative ? {} : { runPath: toLib === "" ? "$ORIGIN" : `$ORIGIN/${toLib}` };
  const result = Uint8Array.from(bytes);
  useSystemCertificates(result);
  const edited = editElf(result, edit, path);
  if (placeholder !== undefined) replaceStrings(edited, placeholder, linuxFolders);
  return edited;
}

function relocatedMachO(path: string, bytes: Uint8Array, placeholder: string | undefined): Uint8Array {
  const inTree = (name: string): string | undefined => {
    if (placeholder === undefined || !name.startsWith(`${placeholder}/`)) return undefined;
    return `@loader_path/${posix.relative(posix.dirname(path), name.slice(placeholder.length + 1))}`;
  };
  const change = (slice: Buffer): boolean => {
    const changed = useSystemCertificates(slice, ["/etc/ssl/cert.pem"]);
    return placeholder === undefined ? changed : replaceStrings(slice, placeholder, macosFolders) || changed;
  };
  return editMachO(bytes, { renamed: inTree, change }, path);
}

/** Folders below conda's placeholder that systems have, too, with the path that replaces the placeholder. */
type SystemFolders = readonly (readonly [folder: string, prefix: string])[];

const linuxFolders: SystemFolders = [
  // A list, as ncurses reads it: Debian has terminal descriptions in three folders.
  ["/share/terminfo", "/etc/terminfo:/lib/terminfo:/usr"],
  ["/share/zoneinfo", "/usr"],
  ["/ssl", "/etc"],
  ["/etc", ""],
];
const macosFolders: SystemFolders = [
  ["/share/terminfo", "/usr"],
  ["/share/zoneinfo", "/usr"],
  ["/ssl", "/etc"],
  ["/etc", ""],
];

/**
 * Overwrites the placeholder in strings of programs and libraries in place, and returns whether there was one. If the
 * system has no such folder, the path becomes one that does not exist. Slashes fill it up to the old length, so that
 * the rest of the string stays at its offset: linkers let other strings begin there.
 */
export function replaceStrings(bytes: Uint8Array, placeholder: string, folders: SystemFolders): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let changed = false;
  for (let at = buffer.indexOf(placeholder); at >= 0; at = buffer.indexOf(placeholder, at)) {
    const end = at + placeholder.length;
    const rest = /^[^\s\0:;"',]*/.exec(buffer.toString("latin1", end, end + 1024))?.[0] ?? "";
    const known = folders.find(([folder]) => rest === folder || rest.startsWith(`${folder}/`));
    const fitting = [known?.[1], "/nonexistent", ""].find(
      (prefix) => (prefix?.length ?? Infinity) <= placeholder.length,
    );
    const [, list = "", last = ""] = /^(.*:)?([^:]*)$/.exec(fitting ?? "") ?? [];
    buffer.write(list + last.padStart(placeholder.length - list.length, "/"), at, "latin1");
    changed = true;
    at = end;
  }
  return changed;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
