import { posix } from "node:path";
import { editElf, editMachO, isElf, isMachO, readElf } from "../../../../system/binaries/index.ts";
import type { Interpreter } from "../../../../model/index.ts";
import { useSystemCertificates } from "../../pack/index.ts";
import { relocate, withoutToolchain } from "../../../extract/index.ts";

/** Folders of the machine that built a package: of its sources, and of the compilers that it was built with. */
const workshop = String.raw`/[^\s'"=:,]*/(?:build_artifacts|conda-bld|bld)/[^\s'"=:,/]+/(?:work|_build_env)(?:/build-[\w-]+)?`;

/**
 * Takes conda's placeholder, which stands for the folder that a package is installed to, and the builder's folders out
 * of a file: text finds the tree from where it lies, programs and libraries find each other, and what libraries of C look
 * for in that folder they find where the system has it.
 */
export function relocateConda(
  path: string,
  bytes: Uint8Array,
  placeholder: string | undefined,
  interpreter: Interpreter,
): Uint8Array {
  if (isElf(bytes)) return relocatedElf(path, bytes, placeholder);
  if (isMachO(bytes)) return relocatedMachO(path, bytes, placeholder);
  const roots = [...(placeholder === undefined ? [] : [escaped(placeholder)]), workshop];
  const root = new RegExp(`(?:${roots.join("|")})(?![\\w.-])`, "g");
  const isConfiguration = /\/(_sysconfigdata[^/]*\.py|Makefile)$|-config$/.test(path);
  const text = isConfiguration ? withoutToolchain(path, withoutConda(bytes, root.source)) : bytes;
  return relocate(path, text, interpreter, root);
}

/** Flags that lead into the folder, of whose packages most are not there, and conda's own compilers. */
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
  const honest =
    runPath === undefined || runPath.split(":").every((each) => /^\$(ORIGIN|\{ORIGIN\})(\/|$)/.test(each));
  const way = posix.relative(posix.dirname(path), "lib");
  const edit = honest ? {} : { runPath: way === "" ? "$ORIGIN" : `$ORIGIN/${way}` };
  const result = Uint8Array.from(bytes);
  useSystemCertificates(result);
  const edited = editElf(result, edit, path);
  if (placeholder !== undefined) replaceStrings(edited, placeholder, linuxPlaces);
  return edited;
}

function relocatedMachO(path: string, bytes: Uint8Array, placeholder: string | undefined): Uint8Array {
  const inTree = (name: string): string | undefined => {
    if (placeholder === undefined || !name.startsWith(`${placeholder}/`)) return undefined;
    return `@loader_path/${posix.relative(posix.dirname(path), name.slice(placeholder.length + 1))}`;
  };
  const change = (slice: Buffer): boolean => {
    const changed = useSystemCertificates(slice, ["/etc/ssl/cert.pem"]);
    return placeholder === undefined ? changed : replaceStrings(slice, placeholder, macosPlaces) || changed;
  };
  return editMachO(bytes, { renamed: inTree, change }, path);
}

/** What a system has in place of a folder of conda's, and what comes before it there. */
type Places = readonly (readonly [folder: string, before: string])[];

const linuxPlaces: Places = [
  // A list, as ncurses reads it: Debian's are in three folders.
  ["/share/terminfo", "/etc/terminfo:/lib/terminfo:/usr"],
  ["/share/zoneinfo", "/usr"],
  ["/ssl", "/etc"],
  ["/etc", ""],
];
const macosPlaces: Places = [
  ["/share/terminfo", "/usr"],
  ["/share/zoneinfo", "/usr"],
  ["/ssl", "/etc"],
  ["/etc", ""],
];

/**
 * The placeholder in strings of programs and libraries, overwritten in place. What the system has no place for becomes a
 * path that is nowhere. Slashes fill it up to its length, so that what follows stays where it is: linkers let other
 * strings begin there. Whether there was one.
 */
export function replaceStrings(bytes: Uint8Array, placeholder: string, places: Places): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let changed = false;
  for (let at = buffer.indexOf(placeholder); at >= 0; at = buffer.indexOf(placeholder, at)) {
    const end = at + placeholder.length;
    const rest = /^[^\s\0:;"',]*/.exec(buffer.toString("latin1", end, end + 1024))?.[0] ?? "";
    const known = places.find(([folder]) => rest === folder || rest.startsWith(`${folder}/`));
    const fitting = [known?.[1], "/nonexistent", ""].find(
      (each) => (each?.length ?? Infinity) <= placeholder.length,
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
