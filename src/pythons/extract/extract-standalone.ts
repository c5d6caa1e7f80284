import { openTar, type TarMember } from "../../system/archives/index.ts";
import { type PlacedMember, placeMembers } from "./place-members.ts";
import { isUnwanted } from "./unwanted-files.ts";
import { windowsPlace } from "./windows-layout.ts";
import type { Interpreter } from "../../model/index.ts";
import type { StandaloneName } from "../standalone/index.ts";
import { checkPythonJson } from "./python-json.ts";
import { withoutToolchain } from "./standalone-toolchain.ts";

/**
 * Turns an archive of python-build-standalone, of any flavor, into a pybi tree in `into`: what is Python's own, relocated,
 * links last, and `pybi-info/`. Throws `invalid-archive` and `invalid-interpreter`.
 */
export async function extractStandalone(
  interpreter: Interpreter,
  name: StandaloneName,
  filename: string,
  archivePath: string,
  into: string,
): Promise<void> {
  const root = name.full ? "python/install/" : "python/";
  const wanted = (path: string) => path.startsWith(root) || path === pythonJson;
  const members = openTar(archivePath, filename, wanted);
  const placed = placedMembers(checked(members, name, filename), root, interpreter);
  await placeMembers(placed, interpreter, filename, into);
}

const pythonJson = "python/PYTHON.json";

/** A full archive says what it is; the others say nothing. */
async function* checked(
  members: AsyncIterable<TarMember>,
  name: StandaloneName,
  filename: string,
): AsyncGenerator<TarMember> {
  for await (const member of members) {
    if (member.path !== pythonJson) yield member;
    else if (name.full) checkPythonJson(member.data, name, filename);
  }
}

async function* placedMembers(
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
    else if (kind === "file") yield { path: at, executable, content: { bytes: withoutToolchain(at, data) } };
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
    return isProgram(program, number) ? path : undefined;
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

/** `python`, `python3`, `python3.13`, `python3.13-config`, `pydoc3`: of no other version. */
function isProgram(program: string, number: string): boolean {
  const [found, version = ""] = /^(?:python|pydoc)([\d.]*t?)(?:-config)?$/.exec(program) ?? [];
  if (found === undefined) return false;
  return version === "" || version === "3" || version === number || `${version}t` === number;
}
