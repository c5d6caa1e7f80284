import { posix } from "node:path";
import { type Elf, isElf, readElf } from "../../../../system/binaries/index.ts";
import type { Interpreter } from "../../../../model/index.ts";
import { glibcLevel, isSystemLibrary } from "../../pack/index.ts";
import type { Placed } from "../distribution.ts";
import { OldestSystems } from "../macos/oldest-systems.ts";
import { isUnwanted, type TreeMember, writeTreeMembers, windowsTreePath } from "../../../extract/index.ts";
import type { CondaPackage } from "./open-conda.ts";
import { relocateConda } from "./relocate-conda.ts";

/**
 * Writes the trees of conda packages, Python's first, into `into` as one tree of a pybi. The platform tag is the lowest
 * that holds for all of their programs and libraries.
 */
export async function extractConda(
  packages: readonly CondaPackage[],
  interpreter: Interpreter,
  label: string,
  into: string,
): Promise<Placed> {
  const elves = new Map<string, Elf>();
  const systems = new OldestSystems();
  const libraries = new Set<string>();
  async function* members(): AsyncGenerator<TreeMember> {
    for (const each of packages) {
      for await (const member of placed(each, interpreter)) {
        if (member.path.startsWith("lib/lib")) libraries.add(posix.basename(member.path));
        if ("bytes" in member.content) {
          const elf = isElf(member.content.bytes) ? readElf(member.content.bytes) : undefined;
          if (elf !== undefined) elves.set(member.path, elf);
          systems.see(member.content.bytes);
        }
        yield member;
      }
    }
  }
  const finished = () => ({ ...interpreter, platformTags: [tagOf(interpreter, elves, systems)] });
  await writeTreeMembers(members(), interpreter, label, into, {
    relocated: (_path, bytes) => bytes,
    described: finished,
  });
  const warnings = [...elves].flatMap(([path, { needed }]) =>
    needed
      .filter((name) => !libraries.has(name) && !isSystemLibrary(name))
      .map((name) => `\`${path}\` needs \`${name}\`, which is in none of the packages: it won't load`),
  );
  return { interpreter: finished(), warnings };
}

function tagOf(interpreter: Interpreter, elves: ReadonlyMap<string, Elf>, systems: OldestSystems): string {
  const [usual = ""] = interpreter.platformTags;
  if (usual.startsWith("macosx")) return systems.tag(interpreter);
  const { minor } = glibcLevel(elves);
  return elves.size === 0 || minor === undefined ? usual : usual.replace(/^(manylinux_2)_\d+/, `$1_${minor}`);
}

async function* placed(conda: CondaPackage, interpreter: Interpreter): AsyncGenerator<TreeMember> {
  const windows = interpreter.platform.startsWith("windows-");
  // What hard links may lead to, by its path in the package.
  const contents = new Map<string, TreeMember>();
  for await (const { path, kind, mode, target, data } of conda.members()) {
    if (kind === "directory") continue;
    const at = windows ? windowsCondaTreePath(path) : unixTreePath(path, interpreter);
    if (at === undefined) continue;
    const executable = (mode & 0o111) !== 0;
    if (kind === "symlink") {
      yield { path: at, executable, content: { target } };
      continue;
    }
    if (kind === "hardlink") {
      const other = contents.get(target.replace(/^\.\//, ""));
      if (other !== undefined) yield { ...other, path: at };
      continue;
    }
    const bytes = windows ? data : relocateConda(at, data, conda.paths.get(path)?.placeholder, interpreter);
    const member = { path: at, executable, content: { bytes } };
    contents.set(path, member);
    yield member;
  }
}

/** Of Python's package what is its own, of the others their libraries. */
function unixTreePath(path: string, { paths }: Interpreter): string | undefined {
  const python = paths.stdlib.slice("lib/".length);
  const [, number = ""] = /^python([\d.]+)t?$/.exec(python) ?? [];
  if (path.startsWith("bin/")) {
    const own = new RegExp(`^(python|pydoc)(3|${number.replaceAll(".", "\\.")}t?)?(-config)?$`);
    return own.test(path.slice("bin/".length)) ? path : undefined;
  }
  if (path.startsWith(`${paths.stdlib}/`)) {
    const inside = path.slice(paths.stdlib.length + 1);
    // Those for conda's own compilers, which are in other packages.
    return isUnwanted(inside) || /^_sysconfigdata_.*conda.*\.py$/.test(inside) ? undefined : path;
  }
  if (/^lib\/(tcl|tk|itcl|thread)\d/.test(path)) return path;
  // A name without a number is for linking against, which takes headers.
  if (/^lib\/lib[^/]+(\.so\.[\d.]+|\.dylib)$/.test(path) || /^lib\/libpython[^/]*\.so$/.test(path))
    return path;
  return /^(include\/python[^/]*\/|lib\/pkgconfig\/python[^/]*\.pc$)/.test(path) ? path : undefined;
}

/** Other packages have their DLLs in `Library`, Tcl's and Tk's scripts too. */
function windowsCondaTreePath(path: string): string | undefined {
  const library = /^Library\/bin\/([^/]+\.dll)$/i.exec(path)?.[1];
  if (library !== undefined) return `DLLs/${library}`;
  const scripts = /^Library\/lib\/((?:tcl|tk)\d.*)$/i.exec(path)?.[1];
  return scripts === undefined ? windowsTreePath(path) : `tcl/${scripts}`;
}
