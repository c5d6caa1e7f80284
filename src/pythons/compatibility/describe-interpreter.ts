import type { MarkerEnvironment } from "../../vocab/requirement/index.ts";
import { cpythonWheelTags, type PlatformName } from "../../vocab/tags/index.ts";
import type { Version } from "../../vocab/version/index.ts";
import type { Interpreter, PybiPaths } from "../../model/index.ts";
import { type PlatformDefaults, platformDefaults } from "./platform-defaults.ts";

export interface CpythonKind {
  /** A build without the global lock (PEP 703). */
  readonly freeThreaded?: boolean;
}

/**
 * Computes the description of a CPython: all of a pybi's metadata follow from version, platform and kind of build. The
 * result was compared with what interpreters report for 3.8 to 3.14, 3.13t, and on Windows, and was equal. It is used
 * for resolving without an interpreter (`--python-version`), and for the entries of the catalogue.
 */
export function describeInterpreter(
  version: Version,
  platform: PlatformName,
  kind: CpythonKind = {},
): Interpreter {
  const freeThreaded = kind.freeThreaded ?? false;
  const facts = platformDefaults[platform];
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

/** Returns the marker variables of PEP 508, except those that differ between machines of one platform. */
function cpythonMarkers(version: Version, full: string, facts: PlatformDefaults): Partial<MarkerEnvironment> {
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

/** Returns the paths of `sysconfig.get_paths()` for a CPython of the usual layout, relative to its root. */
function cpythonPaths(version: Version, facts: PlatformDefaults, freeThreaded: boolean): PybiPaths {
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
  // Until 3.7 this letter is part of the ABI's name (PEP 3149).
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

/** Returns a version with three numbers: `3.13` means `3.13.0`, the lowest version that satisfies it. */
function fullVersion({ release, text }: Version): string {
  const written = release.join(".");
  const padded = [release[0] ?? 0, release[1] ?? 0, release[2] ?? 0, ...release.slice(3)].join(".");
  return text.replace(written, padded);
}

function majorMinor({ release }: Version): string {
  return `${release[0] ?? 0}.${release[1] ?? 0}`;
}
