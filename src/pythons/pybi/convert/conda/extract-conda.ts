import { posix } from "node:path";
import { type Elf, readElf } from "../../../../system/binaries/index.ts";
import type { Interpreter } from "../../../../model/index.ts";
import { glibcLevel, isSystemLibrary } from "../../pack/index.ts";
import type { Extracted } from "../distribution.ts";
import { OldestSystems } from "../macos/oldest-systems.ts";
import { isUnwanted, type TreeMember, writeTreeMembers, windowsTreePath } from "../../../extract/index.ts";
import type { CondaPackage } from "./open-conda.ts";
import { relocateConda } from "./relocate-conda.ts";

/**
 * Writes the files of conda packages, Python's first, into `into` as the tree of one pybi. Its platform tag is the
 * lowest on which all of their programs and libraries load.
 */
export async function extractConda(
  packages: readonly CondaPackage[],
  interpreter: Interpreter,
  label: string,
  into: string,
): Promise<Extracted> {
  const elves = new Map<string, Elf>();
  const systems = new OldestSystems();
  const libraries = new Set<string>();
  async function* members(): AsyncGenerator<TreeMember> {
    for (const conda of packages) {
      for await (const member of treeMembers(conda, interpreter)) {
        libraries.add(posix.basename(member.path));
        if ("bytes" in member.content) {
          const elf = readElf(member.content.bytes);
          if (elf !== undefined) elves.set(member.path, elf);
          systems.see(member.content.bytes);
        }
        yield member;
      }
    }
  }
  const describedInterpreter = () => ({ ...interpreter, platformTags: [tagOf(interpreter, elves, systems)] });
  await writeTreeMembers(members(), interpreter, label, into, {
    relocated: (_path, bytes) => bytes,
    described: describedInterpreter,
  });
  const warnings = [...elves].flatMap(([path, { needed }]) =>
    needed
      .filter((name) => !libraries.has(name) && !isSystemLibrary(name))
      .map((name) => `\`${path}\` won't load: no package has \`${name}\`, which it needs`),
  );
  return { interpreter: describedInterpreter(), warnings };
}

function tagOf(interpreter: Interpreter, elves: ReadonlyMap<string, Elf>, systems: OldestSystems): string {
  const [usual = ""] = interpreter.platformTags;
  if (usual.startsWith("macosx")) return systems.tag(interpreter);
  const { minor } = glibcLevel(elves);
  return elves.size === 0 || minor === undefined ? usual : usual.replace(/^(manylinux_2)_\d+/, `$1_${minor}`);
}

async function* treeMembers(conda: CondaPackage, interpreter: Interpreter): AsyncGenerator<TreeMember> {
  const windows = interpreter.platform.startsWith("windows-");
  // Possible targets of hard links, by path in the package.
  const contents = new Map<string, TreeMember>();
  for await (const { path, kind, mode, target, data } of conda.members()) {
    if (kind === "directory") continue;
    const treePath = windows ? windowsCondaTreePath(path) : unixTreePath(path, interpreter);
    if (treePath === undefined) continue;
    const executable = (mode & 0o111) !== 0;
    if (kind === "symlink") {
      yield { path: treePath, executable, content: { target } };
      continue;
    }
    if (kind === "hardlink") {
      const other = contents.get(target.replace(/^\.\//, ""));
      if (other !== undefined) yield { ...other, path: treePath };
      continue;
    }
    const bytes = windows
      ? data
      : relocateConda(treePath, data, conda.paths.get(path)?.placeholder, interpreter);
    const member = { path: treePath, executable, content: { bytes } };
    contents.set(path, member);
    yield member;
  }
}

/**
 * Returns the path of a member in the pybi: Python's own files, and libraries of all packages. Undefined for others.
 */
function unixTreePath(path: string, { paths }: Interpreter): string | undefined {
  const python = paths.stdlib.slice("lib/".length);
  const [, number = ""] = /^python([\d.]+)t?$/.exec(python) ?? [];
  if (path.startsWith("bin/")) {
    const programs = new RegExp(`^(python|pydoc)(3|${number.replaceAll(".", "\\.")}t?)?(-config)?$`);
    return programs.test(path.slice("bin/".length)) ? path : undefined;
  }
  if (path.startsWith(`${paths.stdlib}/`)) {
    const inside = path.slice(paths.stdlib.length + 1);
    // `_sysconfigdata_*conda*.py` is for conda's compilers, which are not in the pybi.
    return isUnwanted(inside) || /^_sysconfigdata_.*conda.*\.py$/.test(inside) ? undefined : path;
  }
  if (/^lib\/(tcl|tk|itcl|thread)\d/.test(path)) return path;
  // A name without a number serves to link against the library, for which the headers are missing.
  if (/^lib\/lib[^/]+(\.so\.[\d.]+|\.dylib)$/.test(path) || /^lib\/libpython[^/]*\.so$/.test(path))
    return path;
  return /^(include\/python[^/]*\/|lib\/pkgconfig\/python[^/]*\.pc$)/.test(path) ? path : undefined;
}

/** Does the same on Windows. Packages of libraries have their DLLs in `Library`, and the scripts of Tcl and Tk. */
function windowsCondaTreePath(path: string): string | undefined {
  const library = /^Library\/bin\/([^/]+\.dll)$/i.exec(path)?.[1];
  if (library !== undefined) return `DLLs/${library}`;
  const scripts = /^Library\/lib\/((?:tcl|tk)\d.*)$/i.exec(path)?.[1];
  return scripts === undefined ? windowsTreePath(path) : `tcl/${scripts}`;
}
