import type { CpioMember } from "../../../../system/archives/index.ts";
import type { Version } from "../../../../vocab/version/index.ts";
import { describeInterpreter } from "../../../compatibility/index.ts";
import type { Interpreter, PybiPaths } from "../../../../model/index.ts";
import type { Extracted } from "../distribution.ts";
import { isUnwanted, type TreeMember, writeTreeMembers } from "../../../extract/index.ts";
import { OldestSystems } from "./oldest-systems.ts";
import { relocateFramework } from "./relocate-framework.ts";

/**
 * Describes a CPython in a framework, `Python.framework/Versions/3.13`, for both kinds of Mac or only for Intel Macs.
 */
export function frameworkInterpreter(version: Version, universal: boolean): Interpreter {
  const usual = describeInterpreter(version, universal ? "macos-arm64" : "macos-x86_64");
  const root = `Python.framework/Versions/${usual.markers.python_version ?? ""}`;
  const paths = Object.fromEntries(
    Object.entries(usual.paths).map(([name, path]) => [name, path === "." ? root : `${root}/${path}`]),
  ) as unknown as PybiPaths;
  if (!universal) return { ...usual, paths };
  // `platform_machine` depends on the machine, so a universal2 pybi leaves it open (PEP 711).
  const { platform_machine: _, ...markers } = usual.markers;
  return { ...usual, paths, markers, platformTags: ["macosx_11_0_universal2"] };
}

/**
 * Writes Python's files of the payload of `Python_Framework.pkg` into `into` as the tree of a pybi, relocated. The
 * platform tag is that of the oldest macOS on which all of its code runs.
 */
export async function extractFramework(
  members: AsyncIterable<CpioMember>,
  interpreter: Interpreter,
  label: string,
  into: string,
): Promise<Extracted> {
  const root = interpreter.paths.data;
  const systems = new OldestSystems();
  const describedInterpreter = () => ({ ...interpreter, platformTags: [systems.tag(interpreter)] });
  await writeTreeMembers(treeMembers(members, interpreter, systems), interpreter, label, into, {
    relocated: (path, bytes) => relocateFramework(path.slice(root.length + 1), bytes, interpreter),
    described: describedInterpreter,
  });
  return { interpreter: describedInterpreter(), warnings: [] };
}

async function* treeMembers(
  members: AsyncIterable<CpioMember>,
  interpreter: Interpreter,
  systems: OldestSystems,
): AsyncGenerator<TreeMember> {
  const { data: root, stdlib } = interpreter.paths;
  const python = stdlib.slice(stdlib.lastIndexOf("/") + 1);
  const version = root.slice(root.lastIndexOf("/") + 1);
  // Programs that link with a framework find it by these links.
  const top: Readonly<Record<string, string>> = {
    "Versions/Current": version,
    Python: "Versions/Current/Python",
    Headers: "Versions/Current/Headers",
    Resources: "Versions/Current/Resources",
  };
  for (const [path, target] of Object.entries(top)) {
    yield { path: `Python.framework/${path}`, executable: true, content: { target } };
  }
  for await (const { path, kind, mode, target, data } of members) {
    const inside = path.replace(/^(Library\/Frameworks\/)?(Python\.framework\/)?/, "");
    if (!inside.startsWith(`Versions/${version}/`) || kind === "directory") continue;
    const treePath = inside.slice(`Versions/${version}/`.length);
    if (!isWanted(treePath, python)) continue;
    if (kind === "file") systems.see(data);
    const content = kind === "symlink" ? { target } : { bytes: data };
    yield { path: `${root}/${treePath}`, executable: (mode & 0o111) !== 0, content };
  }
}

/** Whether a file is Python's own. Signatures of bundles are left out: they list files that relocation changes. */
function isWanted(path: string, python: string): boolean {
  if (/(^|\/)_CodeSignature\//.test(path)) return false;
  const number = python.slice("python".length);
  const [folder = "", ...rest] = path.split("/");
  const inside = rest.join("/");
  switch (folder) {
    case "bin":
      return new RegExp(`^(python|pydoc)(3|${number.replace(".", "\\.")})?(-config)?$`).test(inside);
    case "lib":
      if (inside.startsWith(`${python}/`)) return !isUnwanted(inside.slice(python.length + 1));
      return /^(lib[^/]+\.dylib|pkgconfig\/python[^/]*\.pc)$|^(tcl|tk|itcl|thread|tdbc|sqlite)[\d.]/.test(
        inside,
      );
    case "Resources":
      return /^(Python\.app\/|Info\.plist$)/.test(inside);
    default:
      return ["Python", "Headers", "include", "Frameworks"].includes(folder);
  }
}
