import { parseVersion } from "../../../vocab/version/index.ts";
import { installedWheelTags } from "../../system/index.ts";
import type { Interpreter, PybiPaths } from "../../../model/index.ts";
import { platformOfTag } from "../../compatibility/index.ts";
import { PosyError } from "../../../errors/posy-error.ts";
import type { PrefixAnswer } from "./probe-prefix.ts";
import type { Selection } from "./select-files.ts";

/** What the pybi says of its interpreter: what that said of itself, and where its parts lie in the tree. */
export function describePacked(answer: PrefixAnswer, selection: Selection, platformTag: string): Interpreter {
  const { implementation, freeThreaded } = answer;
  const platform = platformOfTag(platformTag);
  if (platform === undefined) {
    throw new PosyError("unknown-platform", `Posy knows no platform of the tag \`${platformTag}\``, {
      hint: "it packs Pythons for Linux on x86_64 and AArch64",
    });
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
    // Fedora's family has libraries without an architecture apart.
    purelib: `${libraries.replace(/^lib64$/, "lib")}/${packages}/site-packages`,
    platlib: `${libraries}/${packages}/site-packages`,
    include: include || `include/${python}`,
    platinclude: include || `include/${python}`,
    scripts: "bin",
    data: ".",
  };
}

/** As for a Python that is adopted, with the ABI that it has: debug builds, and Python 2's width of characters. */
function wheelTagsOf(answer: PrefixAnswer): readonly string[] {
  const tags = installedWheelTags(answer, { freeThreaded: answer.freeThreaded });
  if (answer.implementation !== "cpython") return tags;
  const [own = ""] = tags;
  const [interpreter = "", usual = ""] = own.split("-");
  const flags = /^cpython-\d+([a-z]*)/.exec(answer.soabi)?.[1] ?? (answer.wideUnicode ? "mu" : "m");
  const abi = `${interpreter}${flags}`;
  if (abi === usual) return tags;
  const exact = `${interpreter}-${abi}-PLATFORM`;
  // A debug build loads what was built for the other, from 3.8 on.
  return flags.startsWith("d") ? [exact, ...tags] : [exact, ...tags.slice(1)];
}
