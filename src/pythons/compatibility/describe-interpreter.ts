import type { MarkerEnvironment } from "../../vocab/requirement/index.ts";
import { cpythonWheelTags, type PlatformName } from "../../vocab/tags/index.ts";
import type { Version } from "../../vocab/version/index.ts";
import type { Interpreter, PybiPaths } from "../../model/index.ts";
import { type PlatformFacts, platformFacts } from "./platform-facts.ts";

export interface CpythonKind {
  /** A build without the global lock (PEP 703). */
  readonly freeThreaded?: boolean;
}

/**
 * A CPython as it would be: all of a pybi's metadata is a function of version, platform and kind of build. It
 * equalled what interpreters say of themselves for 3.8 to 3.14, 3.13t, and on Windows. Good for resolving
 * (`--python-version`) whether or not there is such an interpreter; the catalogue computes its entries with it.
 */
export function describeInterpreter(
  version: Version,
  platform: PlatformName,
  kind: CpythonKind = {},
): Interpreter {
  const freeThreaded = kind.freeThreaded ?? false;
  const facts = platformFacts[platform];
  const full = fullVersion(version);
  return {
    implementation: "cpython",
    version: full,
    freeThreaded,
    platform,
    platformTags: [facts.platformTag],
    source: { kind: "described" },
    markers: cpythonMarkers(version, full, facts),
    wheelTags: cpythonWheelTags(version, { freeThreaded }),
    paths: cpythonPaths(version, facts, freeThreaded),
    lacks: [],
  };
}

/** PEP 508's variables, but for those that differ between machines of one platform. */
function cpythonMarkers(version: Version, full: string, facts: PlatformFacts): Partial<MarkerEnvironment> {
  return {
    implementation_name: "cpython",
    implementation_version: full,
    os_name: facts.os_name,
    platform_machine: facts.platform_machine,
    platform_python_implementation: "CPython",
    platform_system: facts.platform_system,
    python_full_version: full,
    python_version: majorMinor(version),
    sys_platform: facts.sys_platform,
  };
}

/** Where a CPython of the usual layout has what `sysconfig.get_paths()` names. */
function cpythonPaths(version: Version, facts: PlatformFacts, freeThreaded: boolean): PybiPaths {
  if (facts.os_name === "nt") {
    return {
      stdlib: "Lib",
      platstdlib: "Lib",
      purelib: "Lib/site-packages",
      platlib: "Lib/site-packages",
      include: "Include",
      platinclude: "Include",
      scripts: "Scripts",
      data: ".",
    };
  }
  const name = `python${majorMinor(version)}${freeThreaded ? "t" : ""}`;
  // Part of the ABI's name until 3.7 (PEP 3149).
  const pymalloc = Number(version.release[1] ?? 0) < 8 ? "m" : "";
  return {
    stdlib: `lib/${name}`,
    platstdlib: `lib/${name}`,
    purelib: `lib/${name}/site-packages`,
    platlib: `lib/${name}/site-packages`,
    include: `include/${name}${pymalloc}`,
    platinclude: `include/${name}${pymalloc}`,
    scripts: "bin",
    data: ".",
  };
}

/** With all three numbers: `3.13` alone is its first release, the least that satisfies it. */
function fullVersion({ release, text }: Version): string {
  const written = release.join(".");
  const padded = [release[0] ?? 0, release[1] ?? 0, release[2] ?? 0, ...release.slice(3)].join(".");
  return text.replace(written, padded);
}

function majorMinor({ release }: Version): string {
  return `${release[0] ?? 0}.${release[1] ?? 0}`;
}
