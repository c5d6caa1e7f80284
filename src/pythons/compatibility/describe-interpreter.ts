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
 * Computes the description of a CPython. All metadata of a pybi follow from version, platform and kind of build. For
 * 3.8 to 3.14, for 3.13t and on Windows, the result equals what the interpreters report. It is used for resolving
 * without an interpreter (`--python-version`), and for the entries of the catalogue.
 */
export function describeInterpreter(
  version: Version,
  platform: PlatformName,
  kind: CpythonKind = {},
): Interpreter {
  const freeThreaded = kind.freeThreaded ?? false;
  const defaults = platformDefaults[platform];
  const full = fullVersion(version);
  return {
    implementation: "cpython",
    version: full,
    freeThreaded,
    platform,
    platformTags: [defaults.platformTag],
    source: { kind: "described" },
    markers: cpythonMarkers(version, full, defaults),
    wheelTags: cpythonWheelTags(version, { freeThreaded }),
    paths: cpythonPaths(version, defaults, freeThreaded),
    lacks: [],
  };
}

/** Returns the marker variables of PEP 508, except those that differ between machines of one platform. */
function cpythonMarkers(
  version: Version,
  full: string,
  defaults: PlatformDefaults,
): Partial<MarkerEnvironment> {
  return {
    implementation_name: "cpython",
    implementation_version: full,
    os_name: defaults.os_name,
    platform_machine: defaults.platform_machine,
    platform_python_implementation: "CPython",
    platform_system: defaults.platform_system,
    python_full_version: full,
    python_version: majorMinor(version),
    sys_platform: defaults.sys_platform,
  };
}

/** Returns the paths of `sysconfig.get_paths()` for a CPython of the usual layout, relative to its root. */
function cpythonPaths(version: Version, defaults: PlatformDefaults, freeThreaded: boolean): PybiPaths {
  if (defaults.os_name === "nt") {
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
  const short = release.join(".");
  const padded = [...release, 0, 0].slice(0, Math.max(release.length, 3)).join(".");
  return text.replace(short, padded);
}

function majorMinor({ release }: Version): string {
  return [...release, 0].slice(0, 2).join(".");
}
