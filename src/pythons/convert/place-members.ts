import { PosyError } from "../../errors/posy-error.ts";
import type { Interpreter } from "../interpreter.ts";
import { relocate } from "../place/relocate.ts";
import { PybiTree } from "../place/pybi-tree.ts";

/** A member of a distribution, at its place in the pybi. */
export interface PlacedMember {
  readonly path: string;
  readonly executable: boolean;
  readonly content: { readonly bytes: Uint8Array } | { readonly target: string };
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
): Promise<void> {
  const tree = new PybiTree(into, label);
  const links = new Map<string, string>();
  for await (const { path, executable, content } of members) {
    if ("target" in content) links.set(path, content.target);
    else await tree.file(path, relocate(path, content.bytes, interpreter, builtFor), executable);
  }
  const { paths, platform } = interpreter;
  const windows = platform.startsWith("windows-");
  if (!windows) {
    const python = paths.stdlib.slice(paths.stdlib.lastIndexOf("/") + 1);
    for (const name of ["python", "python3"]) {
      if (!tree.has(`bin/${name}`) && !links.has(`bin/${name}`)) links.set(`bin/${name}`, python);
    }
  }
  // No honest archive has so many links on the way to one file; a loop of them has no end.
  const there = (path: string, hops = 8): boolean => {
    const target = links.get(path);
    if (target === undefined) return tree.has(path);
    return hops > 0 && there(path.slice(0, path.lastIndexOf("/") + 1) + target, hops - 1);
  };
  const leading = [...links].filter(
    ([path, target]) => !target.includes("/") && target !== path.split("/").at(-1) && there(path),
  );
  for (const [path, target] of leading) tree.link(path, target);
  if (!tree.has(`${paths.scripts}/python${windows ? ".exe" : ""}`)) {
    throw new PosyError("invalid-interpreter", `\`${label}\` has no Python where its kind has it`, {
      hint: "its name says that it is a distribution of Python: is it whole?",
    });
  }
  tree.folder(paths.purelib);
  await tree.describe(interpreter);
}
