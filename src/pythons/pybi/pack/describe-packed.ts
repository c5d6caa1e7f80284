import { parseVersion } from "../../../vocab/version/index.ts";
import { installedWheelTags } from "../../system/index.ts";
import type { Interpreter, PybiPaths } from "../../../model/index.ts";
import { platformOfTag } from "../../compatibility/index.ts";
import { PosyError } from "../../../errors/posy-error.ts";
import type { PrefixAnswer } from "./probe-prefix.ts";
import type { Selection } from "./select-files.ts";

/**
 * Returns the interpreter to describe in a pybi, from the interpreter's own answer and the paths of the selected files.
 * Throws `unknown-platform`.
 */
export function describePacked(answer: PrefixAnswer, selection: Selection, platformTag: string): Interpreter {
  const { implementation, freeThreaded } = answer;
  const platform = platformOfTag(platformTag);
  if (platform === undefined) {
    throw new PosyError(
      "unknown-platform",
      `Posy does not support the platform of the tag \`${platformTag}\``,
      {
        hint: "Pythons for Linux on x86_64 and AArch64 can be packed",
      },
    );
  }
  return {
    implementation,
    version: parseVersion(answer.markers["python_full_version"] ?? "").text,
    freeThreaded,
    platform,
    platformTags: [platformTag],
    source: { kind: "described" },
    markers: answer.markers,
    wheelTags: wheelTagsOf(answer),
    paths: pathsOf(selection),
    lacks: [],
  };
}

function pathsOf({ stdlib, include, python, packages }: Selection): PybiPaths {
  const libraries = stdlib.slice(0, stdlib.lastIndexOf("/"));
  return {
    stdlib,
    platstdlib: stdlib,
    // Fedora and its derivatives have pure packages in `lib` and others in `lib64`.
    purelib: `${libraries.replace(/^lib64$/, "lib")}/${packages}/site-packages`,
    platlib: `${libraries}/${packages}/site-packages`,
    include: include || `include/${python}`,
    platinclude: include || `include/${python}`,
    scripts: "bin",
    data: ".",
  };
}

/** Returns the wheel tags of an installed Python, with the ABI flags of debug builds and of Python 2 (`m`, `mu`). */
function wheelTagsOf(answer: PrefixAnswer): readonly string[] {
  const tags = installedWheelTags(answer, { freeThreaded: answer.freeThreaded });
  if (answer.implementation !== "cpython") return tags;
  const [first = ""] = tags;
  const [interpreter = ""] = first.split("-");
  const flags = /^cpython-\d+([a-z]*)/.exec(answer.soabi)?.[1] ?? (answer.wideUnicode ? "mu" : "m");
  const exact = `${interpreter}-${interpreter}${flags}-PLATFORM`;
  // From 3.8 on, a debug build can load extension modules of release builds.
  return flags.startsWith("d") ? [exact, ...tags] : [exact, ...tags.slice(1)];
}
