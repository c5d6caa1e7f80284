import { parsePlatformTag, type Tag } from "../../vocab/tags/index.ts";
import type { Target } from "../target.ts";
import { formatList } from "../../text/index.ts";

/** The wheels that exist although none fits: their Pythons if some are for this platform, else their platforms. */
export interface OtherWheels {
  readonly kind: "pythons" | "platforms";
  /** `CPython 3.9`, `Windows x86_64`: without repetition, the oldest first. */
  readonly names: readonly string[];
}

export function otherWheels(offered: readonly Tag[], target: Target): OtherWheels {
  const pythons = new Set<string>();
  const platforms = new Set<string>(["any"]);
  for (const tag of target.tagRanks.tags()) {
    const { python, platform } = partsOf(tag);
    pythons.add(python);
    platforms.add(platform);
  }
  const parts = offered.map(partsOf);
  const forPlatform = parts.filter(({ platform }) => platforms.has(platform));
  if (forPlatform.length > 0)
    return { kind: "pythons", names: sortedOnce(forPlatform.map(({ python }) => pythonName(python))) };
  const forPython = parts.filter(({ python }) => pythons.has(python));
  const others = forPython.length > 0 ? forPython : parts;
  return { kind: "platforms", names: sortedOnce(others.map(({ platform }) => platformLabel(platform))) };
}

export function describeWheels(offered: readonly Tag[], target: Target): string {
  const { names } = otherWheels(offered, target);
  const shown = names.length > 6 ? [...names.slice(0, 2), "…", ...names.slice(-3)] : names;
  // "CPython 3.9, 3.10 and 3.11"
  const shortened = shown.map((name, index) => {
    const [kind = "", rest] = name.split(" ", 2);
    return index > 0 && name.split(" ").length === 2 && names[0]?.startsWith(`${kind} `)
      ? (rest ?? name)
      : name;
  });
  return `its wheels are for ${formatList(shortened)}`;
}

/** Splits a tag into `cp312-cp312` and `manylinux_2_17_x86_64`. */
function partsOf(tag: Tag): { readonly python: string; readonly platform: string } {
  const [python = "", abi = "", ...platform] = tag.split("-");
  return { python: `${python}-${abi}`, platform: platform.join("-") };
}

const implementations: Readonly<Record<string, string>> = {
  cp: "CPython",
  pp: "PyPy",
  py: "Python",
  graalpy: "GraalPy",
};

function pythonName(tag: string): string {
  const [python = "", abi = ""] = tag.split("-");
  const [, kind = "", major = "", minor = ""] = /^([a-z]+)(\d)(\d*)/.exec(python) ?? [];
  const name = `${implementations[kind] ?? python} ${minor === "" ? major : `${major}.${minor}`}`;
  if (abi === "abi3") return `${name} and later`;
  return /^cp\d+t$/.test(abi) ? `${name} free-threaded` : name;
}

function platformLabel(tag: string): string {
  const platform = parsePlatformTag(tag);
  if (platform === undefined) return `\`${tag}\``;
  const { family, level } = platform;
  const arch = platform.arch === "amd64" ? "x86_64" : platform.arch;
  const from = level.join(".");
  switch (family) {
    case "manylinux":
      return `Linux ${arch} with glibc ${from}`;
    case "musllinux":
      return `Linux ${arch} with musl`;
    case "linux":
      return `Linux ${arch}`;
    case "macosx":
      return `macOS ${from} ${arch}`;
    case "win":
      return `Windows ${arch}`;
    default:
      return `\`${tag}\``;
  }
}

function sortedOnce(names: readonly string[]): string[] {
  return [...new Set(names)].sort(new Intl.Collator("en", { numeric: true }).compare);
}
