import { openTar, type TarMember } from "../../system/archives/index.ts";
import { type TreeMember, writeTreeMembers } from "./write-tree-members.ts";
import { isUnwanted } from "./unwanted-files.ts";
import { windowsTreePath } from "./windows-layout.ts";
import type { Interpreter } from "../../model/index.ts";
import type { StandaloneName } from "../standalone/index.ts";
import { checkPythonJson } from "./python-json.ts";
import { withoutToolchain } from "./standalone-toolchain.ts";

/**
 * Unpacks an archive of python-build-standalone, of any flavor, as a pybi tree into `into`: Python's files, relocated,
 * then links and `pybi-info/`. Throws `invalid-archive` and `invalid-interpreter`.
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
  const wantedMembers = treeMembers(checked(members, name, filename), root, interpreter);
  await writeTreeMembers(wantedMembers, interpreter, filename, into);
}

const pythonJson = "python/PYTHON.json";

/** Passes members on, and checks `PYTHON.json`, which only full archives have. */
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

/** Yields the members that are wanted, with their paths in the pybi. A hard link becomes a copy. */
async function* treeMembers(
  members: AsyncIterable<TarMember>,
  root: string,
  interpreter: Interpreter,
): AsyncGenerator<TreeMember> {
  const windows = interpreter.platform.startsWith("windows-");
  // Possible targets of hard links, by path in the archive.
  const contents = new Map<string, Uint8Array>();
  for await (const { path, kind, mode, target, data } of members) {
    if (kind === "directory") continue;
    const inside = path.slice(root.length);
    if (kind === "file" && inside.startsWith("bin/")) contents.set(path, Buffer.from(data));
    const treePath = windows ? windowsTreePath(inside) : unixTreePath(inside, interpreter);
    if (treePath === undefined) continue;
    const executable = (mode & 0o111) !== 0;
    if (kind === "symlink") yield { path: treePath, executable, content: { target } };
    else if (kind === "file")
      yield { path: treePath, executable, content: { bytes: withoutToolchain(treePath, data) } };
    else {
      const bytes = contents.get(target.replace(/^\.\//, ""));
      if (bytes !== undefined) yield { path: treePath, executable, content: { bytes } };
    }
  }
}

/**
 * Returns the path of a member in the pybi, which is the same as in the archive; undefined for files that are left out:
 * those that are not Python's, and those that only serve to link Python into other programs.
 */
function unixTreePath(path: string, { paths }: Interpreter): string | undefined {
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
  // Scripts of Tcl and Tk. The terminal descriptions of curses are in `share/terminfo`, below.
  if (/^lib\/(tcl|tk|itcl|thread|libtcl|libtk)/.test(path)) return path.endsWith(".a") ? undefined : path;
  if (/^lib\/lib[^/]*\.(so|dylib)[.\d]*$/.test(path) || /^lib\/pkgconfig\/python[^/]*\.pc$/.test(path))
    return path;
  return /^(include|share\/terminfo)\//.test(path) ? path : undefined;
}

/** Whether this is `python`, `python3`, `python3.13`, `python3.13-config`, `pydoc3`, …, and of no other version. */
function isProgram(program: string, number: string): boolean {
  const [match, version = ""] = /^(?:python|pydoc)([\d.]*t?)(?:-config)?$/.exec(program) ?? [];
  if (match === undefined) return false;
  return version === "" || version === "3" || version === number || `${version}t` === number;
}
