import type { Blueprint, BlueprintTarget, PackagePin } from "../../src/model/blueprint.ts";
import { describeInterpreter } from "../../src/pythons/compatibility/describe-interpreter.ts";
import type { PlatformName } from "../../src/vocab/tags/platform-name.ts";
import { parseVersion } from "../../src/vocab/version/version.ts";
import { fakeSha256 } from "../support/fake-package-db.ts";

/** The fields of a pin that differ from the defaults. */
type PinFields = Partial<Omit<PackagePin, "name" | "version" | "metadata">> & {
  readonly requires?: readonly string[];
  readonly requiresPython?: string;
  /** The tags of its wheel. */
  readonly tags?: string;
};

/** Returns the pin of a wheel from an index. */
export function pin(name: string, version: string, fields: PinFields = {}): PackagePin {
  const { requires = [], requiresPython, tags = "py3-none-any", ...rest } = fields;
  const filename = `${name.replaceAll("-", "_")}-${version}-${tags}.whl`;
  return {
    name,
    version,
    extras: [],
    artifact: {
      kind: "wheel",
      filename,
      url: `https://files.example/${filename}`,
      hashes: { sha256: fakeSha256(filename) },
      index: "https://index.example/simple/",
    },
    metadata: {
      requiresDist: requires,
      providesExtra: [],
      ...(requiresPython === undefined ? {} : { requiresPython }),
    },
    requiredBy: [],
    requested: false,
    ...rest,
  };
}

export function target(
  platform: PlatformName,
  python: string,
  packages: readonly PackagePin[],
): BlueprintTarget {
  const described = describeInterpreter(parseVersion(python), platform);
  const filename = `cpython-${python}-${platform}.jar`;
  const source = {
    kind: "catalogue",
    purl: `pkg:maven/org.example/cpython@${python}?classifier=${platform}`,
    filename,
    size: 1000,
    hashes: { sha256: fakeSha256(filename) },
  } as const;
  return { platform, python: { ...described, source, lacks: ["_tkinter"] }, packages };
}

export function blueprint(...targets: readonly BlueprintTarget[]): Blueprint {
  return { blueprintVersion: 1, targets };
}
