import { openTar } from "../../system/tar/open-tar.ts";
import type { TarMember } from "../../system/tar/read-tar.ts";
import { parseVersion } from "../../vocab/version.ts";
import { describeInterpreter } from "../describe-interpreter.ts";
import type { Interpreter } from "../interpreter.ts";
import type { Distribution } from "./distribution.ts";
import { type PlacedMember, placeMembers } from "./place-members.ts";
import { parseStandaloneName } from "./standalone-name.ts";
import { isUnwanted } from "./unwanted-files.ts";
import { windowsPlace } from "./windows-layout.ts";

/** An archive of python-build-standalone, of any flavor; undefined for other names. */
export function standaloneArchive(filename: string): Distribution | undefined {
  const name = parseStandaloneName(filename);
  if (name === undefined) return undefined;
  const { freeThreaded, platformTag } = name;
  const described = describeInterpreter(parseVersion(name.version), name.platform, { freeThreaded });
  const interpreter: Interpreter = { ...described, platformTags: [platformTag] };
  const root = name.full ? "python/install/" : "python/";
  const warnings = [
    ...(name.level === undefined
      ? []
      : [`it wants an x86-64-${name.level} processor, which no platform tag can say`]),
    ...(name.debug ? ["it is a debug build: extension modules of other builds do not fit it"] : []),
  ];
  return {
    kind: "python-build-standalone",
    interpreter,
    warnings,
    async place(archivePath, into) {
      const wanted = (path: string) => path.startsWith(root);
      const members = openTar(archivePath, filename, wanted);
      await placeMembers(placed(members, root, interpreter), interpreter, filename, into);
    },
  };
}

async function* placed(
  members: AsyncIterable<TarMember>,
  root: string,
  interpreter: Interpreter,
): AsyncGenerator<PlacedMember> {
  const windows = interpreter.platform.startsWith("windows-");
  // What hard links may lead to, by its path in the archive.
  const contents = new Map<string, Uint8Array>();
  for await (const { path, kind, mode, target, data } of members) {
    if (kind === "directory") continue;
    const inside = path.slice(root.length);
    if (kind === "file" && data.length > 0 && inside.startsWith("bin/"))
      contents.set(path, Buffer.from(data));
    const at = windows ? windowsPlace(inside) : unixPlace(inside, interpreter);
    if (at === undefined) continue;
    const executable = (mode & 0o111) !== 0;
    if (kind === "symlink") yield { path: at, executable, content: { target } };
    else if (kind === "file") yield { path: at, executable, content: { bytes: data } };
    else {
      const bytes = contents.get(target.replace(/^\.\//, ""));
      if (bytes !== undefined) yield { path: at, executable, content: { bytes } };
    }
  }
}

/** The layout is a pybi's already; what is left out is other people's, and what only links Python into other programs. */
function unixPlace(path: string, { paths }: Interpreter): string | undefined {
  const python = paths.stdlib.slice("lib/".length);
  const number = python.slice("python".length);
  if (path.startsWith("bin/")) {
    const program = path.slice("bin/".length);
    return /^python|^pydoc/.test(program) && isOfVersion(program, number) ? path : undefined;
  }
  if (path.startsWith(`${paths.stdlib}/`)) {
    const inside = path.slice(paths.stdlib.length + 1);
    return isUnwanted(inside) ? undefined : path;
  }
  // Tcl and Tk have their scripts there, curses its descriptions of terminals.
  if (/^lib\/(tcl|tk|itcl|thread|libtcl|libtk)/.test(path)) return path.endsWith(".a") ? undefined : path;
  if (/^lib\/lib[^/]*\.(so|dylib)[.\d]*$/.test(path) || /^lib\/pkgconfig\/python[^/]*\.pc$/.test(path))
    return path;
  return /^(include|share\/terminfo)\//.test(path) ? path : undefined;
}

/** `python`, `python3`, `python3.13`, `python3.13-config`: of no other version. */
function isOfVersion(program: string, number: string): boolean {
  const [, version = ""] = /^[a-z]+([\d.]*t?)/.exec(program) ?? [];
  return version === "" || version === "3" || version === number || `${version}t` === number;
}
