import { posix } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import type { Interpreter } from "../../model/index.ts";
import { relocate } from "./relocate.ts";
import { PybiTree } from "./pybi-tree.ts";

/** A member of an archive of Python, with its path in the pybi. */
export interface TreeMember {
  readonly path: string;
  readonly executable: boolean;
  readonly content: { readonly bytes: Uint8Array } | { readonly target: string };
}

export interface TreeMemberOptions {
  /** Removes the paths of the builder's machine from a file. By default those of python-build-standalone. */
  readonly relocated?: (path: string, bytes: Uint8Array) => Uint8Array;
  /** Returns the interpreter to describe in `pybi-info/`. Called after all members were read. */
  readonly described?: () => Interpreter;
}

/** `/install`, the prefix that python-build-standalone is built for, before a slash or at the end of a word. */
const builtFor = /(?<=[\s'"=:,]|-[ILR]|^)\/install(?=[/\s'":,]|$)/gm;

/**
 * Writes members into `into` as the tree of a pybi: first relocated files, then the links whose targets exist, then
 * `pybi-info/`. Throws `invalid-interpreter` if there is no Python among the members.
 */
export async function writeTreeMembers(
  members: AsyncIterable<TreeMember> | Iterable<TreeMember>,
  interpreter: Interpreter,
  label: string,
  into: string,
  options: TreeMemberOptions = {},
): Promise<void> {
  const { relocated = (path, bytes) => relocate(path, bytes, interpreter, builtFor), described } = options;
  const tree = new PybiTree(into, label);
  const links = new Map<string, string>();
  const written = new Set<string>();
  const add = async (path: string, bytes: Uint8Array, executable: boolean) => {
    await tree.file(path, bytes, executable);
    for (const each of [...folders(path), path]) written.add(each);
  };
  for await (const { path, executable, content } of members) {
    if ("target" in content) links.set(path, content.target);
    else await add(path, relocated(path, content.bytes), executable);
  }
  const { paths, platform } = interpreter;
  const windows = platform.startsWith("windows-");
  if (!windows) {
    const python = paths.stdlib.slice(paths.stdlib.lastIndexOf("/") + 1);
    for (const path of ["python", "python3"].map((name) => `${paths.scripts}/${name}`)) {
      if (!written.has(path) && !links.has(path)) links.set(path, python);
    }
  }
  const intact = [...links].filter(([path]) => {
    const end = linkEnd(links, path);
    return end !== undefined && written.has(end) && !folders(path).some((folder) => links.has(folder));
  });
  for (const [path, target] of intact) {
    tree.link(path, target);
    written.add(path);
  }
  if (!written.has(`${paths.scripts}/python${windows ? ".exe" : ""}`)) {
    throw new PosyError("invalid-interpreter", `\`${label}\` has no Python executable`, {
      hint: "download it again: its name is that of an archive of Python, but it may be incomplete",
    });
  }
  tree.folder(paths.purelib);
  await tree.describe(described?.() ?? interpreter);
}

/**
 * Returns the final target of a link, through other links. It begins with `..` if it is outside of the tree.
 * Undefined if a link on the way is absolute, or if there are too many.
 */
function linkEnd(links: ReadonlyMap<string, string>, path: string): string | undefined {
  let current = path;
  // An honest archive has fewer links on the way to one file.
  for (let hops = 0; hops < 8; hops++) {
    const link = [...folders(current), current].find((prefix) => links.has(prefix));
    if (link === undefined) return current;
    const target = links.get(link) ?? "";
    current = posix.join(posix.dirname(link), target) + current.slice(link.length);
    if (target.startsWith("/")) return undefined;
  }
  return undefined;
}

function folders(path: string): readonly string[] {
  const segments = path.split("/");
  return segments.slice(1).map((_, index) => segments.slice(0, index + 1).join("/"));
}
