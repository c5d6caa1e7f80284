import { posix } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import type { Interpreter } from "../../model/index.ts";
import { relocate } from "./relocate.ts";
import { PybiTree } from "./pybi-tree.ts";

/** A member of a distribution, at its place in the pybi. */
export interface PlacedMember {
  readonly path: string;
  readonly executable: boolean;
  readonly content: { readonly bytes: Uint8Array } | { readonly target: string };
}

export interface PlaceOptions {
  /** Takes the builder's machine out of a file; without it what python-build-standalone's files have of it. */
  readonly relocated?: (path: string, bytes: Uint8Array) => Uint8Array;
  /** The interpreter, where more is known of it once all members were seen. */
  readonly described?: () => Interpreter;
}

/** The prefix that python-build-standalone builds for; followed by a folder or by the end of the word. */
const builtFor = /(?<=[\s'"=:,]|-[ILR]|^)\/install(?=[/\s'":,]|$)/gm;

/**
 * Writes members into `into` as the tree of a pybi: relocated, links last and only those that lead to something,
 * `pybi-info/` at the end. Throws `invalid-interpreter` where there is no Python among them.
 */
export async function placeMembers(
  members: AsyncIterable<PlacedMember> | Iterable<PlacedMember>,
  interpreter: Interpreter,
  label: string,
  into: string,
  options: PlaceOptions = {},
): Promise<void> {
  const { relocated = (path, bytes) => relocate(path, bytes, interpreter, builtFor), described } = options;
  const tree = new PybiTree(into, label);
  const links = new Map<string, string>();
  const places = new Set<string>();
  const add = async (path: string, bytes: Uint8Array, executable: boolean) => {
    await tree.file(path, bytes, executable);
    for (let at = path; at !== "" && !places.has(at); at = at.slice(0, Math.max(at.lastIndexOf("/"), 0))) {
      places.add(at);
    }
  };
  for await (const { path, executable, content } of members) {
    if ("target" in content) links.set(path, content.target);
    else await add(path, relocated(path, content.bytes), executable);
  }
  const { paths, platform } = interpreter;
  const windows = platform.startsWith("windows-");
  if (!windows) {
    const python = paths.stdlib.slice(paths.stdlib.lastIndexOf("/") + 1);
    for (const name of ["python", "python3"].map((each) => `${paths.scripts}/${each}`)) {
      if (!places.has(name) && !links.has(name)) links.set(name, python);
    }
  }
  const leading = [...links].filter(([path]) => {
    const end = linkEnd(links, path);
    return end !== undefined && places.has(end) && !folders(path).some((each) => links.has(each));
  });
  for (const [path, target] of leading) {
    tree.link(path, target);
    places.add(path);
  }
  if (!places.has(`${paths.scripts}/python${windows ? ".exe" : ""}`)) {
    throw new PosyError("invalid-interpreter", `\`${label}\` has no Python where its kind has it`, {
      hint: "its name says that it is a distribution of Python: is it whole?",
    });
  }
  tree.folder(paths.purelib);
  await tree.describe(described?.() ?? interpreter);
}

/** Where a link comes out in the end, through others; undefined where it leaves the tree or goes round in a circle. */
function linkEnd(links: ReadonlyMap<string, string>, path: string): string | undefined {
  let at = path;
  // No honest archive has so many links on the way to one file.
  for (let hops = 0; hops < 8; hops++) {
    const through = [...folders(at), at].find((each) => links.has(each));
    if (through === undefined) return at;
    const target = links.get(through) ?? "";
    at = posix.join(posix.dirname(through), target) + at.slice(through.length);
    if (target.startsWith("/") || at.startsWith("..") || at === ".") return undefined;
  }
  return undefined;
}

function folders(path: string): readonly string[] {
  const segments = path.split("/");
  return segments.slice(1).map((_, index) => segments.slice(0, index + 1).join("/"));
}
