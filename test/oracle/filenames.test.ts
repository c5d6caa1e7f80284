import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { PosyError } from "../../src/errors/posy-error.ts";
import { parseSdistFilename } from "../../src/vocab/filenames/sdist-filename.ts";
import { parseWheelFilename } from "../../src/vocab/filenames/wheel-filename.ts";
import { askPython } from "../support/oracle.ts";

const script = `
import json, sys
from packaging.utils import parse_wheel_filename, parse_sdist_filename
def wheel(filename):
    try: name, version, build, tags = parse_wheel_filename(filename)
    except ValueError: return None
    return [name, str(version), [str(build[0]), build[1]] if build else None, sorted(map(str, tags))]
def sdist(filename):
    try: name, version = parse_sdist_filename(filename)
    except ValueError: return None
    return [name, str(version)]
asked = json.load(sys.stdin)
print(json.dumps({"wheels": [*map(wheel, asked["wheels"])], "sdists": [*map(sdist, asked["sdists"])]}))
`;

const names = fc.constantFrom(
  "numpy",
  "zope.interface",
  "ruamel_yaml",
  "Django",
  "a",
  "A1",
  "a__b",
  "_a",
  "a_",
  "é",
  "",
  "a b",
  "a/b",
  "x.y_z",
  "PyYAML",
  "backports.zoneinfo",
  "typing_extensions",
  "3to2",
);
const versions = fc.constantFrom(
  "1.0",
  "2024.1.1",
  "1!2.0",
  "1.0a1",
  "1.0.post1",
  "1.0.dev3",
  "1.0+cu118",
  "1.0+abc.def",
  "1.0+abc_def",
  "v1.0",
  "1.0_1",
  "1.0_post1",
  "1.0_beta",
  "1_0",
  "0.0.0.0",
  "20230101000000",
  "1.0rc1",
  "",
  "x",
  "1.0 ",
  "1.0_rc1_post2",
);
const builds = fc.constantFrom(
  "",
  "",
  "",
  "-1",
  "-007",
  "-2local",
  "-20230101000000000000",
  "-x1",
  "-",
  "-1_a",
  "-1/2",
);
const interpreters = fc.constantFrom(
  "py3",
  "py2.py3",
  "cp313",
  "cp37.CP38",
  "pp39",
  "py3.",
  "3py",
  "cp-313",
  "graalpy311",
);
const abis = fc.constantFrom(
  "none",
  "cp313",
  "cp313t",
  "abi3",
  "abi3.abi4",
  "pypy39_pp73",
  "None",
  "a..b",
  "",
);
const platforms = fc.constantFrom(
  "any",
  "win_amd64",
  "win32",
  "manylinux_2_17_x86_64.manylinux2014_x86_64",
  "macosx_10_9_universal2",
  "Linux_X86_64",
  "ios_13_0_arm64_iphoneos",
  "android_21_arm64_v8a",
  "an/y",
  "an y",
  "manylinux.",
  "unknown+tag",
);
const wheels = fc.sample(
  fc
    .tuple(
      names,
      versions,
      builds,
      interpreters,
      abis,
      platforms,
      fc.constantFrom(".whl", ".whl", ".whl", ".WHL", ".zip"),
    )
    .map(([name, version, build, interpreter, abi, platform, extension]) => {
      return `${name}-${version}${build}-${interpreter}-${abi}-${platform}${extension}`;
    }),
  { numRuns: 20_000, seed: 1 },
);
const sdists = fc.sample(
  fc
    .tuple(
      names,
      fc.constantFrom("-", "-", "_", "-1.0-"),
      versions,
      fc.constantFrom(".tar.gz", ".zip", ".tgz", ".tar.bz2", ".tar"),
    )
    .map((parts) => parts.join("")),
  { numRuns: 5000, seed: 2 },
);

/** Names that only one of Posy and `packaging` accepts, and why. */
const stricter: { reason: string; applies: (filename: string) => boolean }[] = [
  {
    reason: "no space, separator of paths or letter outside ASCII is in a name on any index",
    applies: (name) => /[^!-~]|\//.test(name),
  },
  {
    reason: "PEP 508: a project's name begins and ends with a letter or digit",
    applies: (name) => /^[-_.]|^[^-]*[_.]-/.test(name),
  },
];
const laxer: { reason: string; applies: (filename: string) => boolean }[] = [
  {
    reason: "older tools wrote the dash of `1.0-1` as `_`",
    applies: (name) => /[-_]1(\.0)?_[01][.-]/.test(name),
  },
  { reason: "sdists of before PEP 625", applies: (name) => /\.(tgz|tar\.bz2)$/.test(name) },
];

function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    assert.ok(error instanceof PosyError && error.code === "invalid-filename", String(error));
    return undefined;
  }
}

function compare<T>(filename: string, ours: T | undefined, theirs: T | null | undefined): boolean {
  if (ours !== undefined && theirs) assert.deepEqual(ours, theirs, filename);
  else if (theirs)
    assert.ok(
      stricter.some(({ applies }) => applies(filename)),
      `refused: ${filename}`,
    );
  else if (ours !== undefined)
    assert.ok(
      laxer.some(({ applies }) => applies(filename)),
      `taken: ${filename}`,
    );
  return ours !== undefined;
}

describe("file names compared with `packaging`", async () => {
  type Wheel = [string, string, [string, string] | null, string[]];
  const answers = await askPython<{ wheels: (Wheel | null)[]; sdists: ([string, string] | null)[] }>(script, {
    wheels,
    sdists,
  });

  test("reads wheel names the same, except those in the table", () => {
    let taken = 0;
    for (const [index, filename] of wheels.entries()) {
      const ours = attempt(() => {
        const { name, version, build, tags } = parseWheelFilename(filename);
        const wheel: Wheel = [
          name,
          version.text,
          build ? [build.number, build.suffix] : null,
          [...tags].sort(),
        ];
        return wheel;
      });
      taken += Number(compare(filename, ours, answers.wheels[index]));
    }
    assert.ok(taken > 1000, `${taken}`);
  });

  test("reads sdist names the same, except those in the table", () => {
    let taken = 0;
    for (const [index, filename] of sdists.entries()) {
      const ours = attempt((): [string, string] => {
        const { name, version } = parseSdistFilename(filename);
        return [name, version.text];
      });
      taken += Number(compare(filename, ours, answers.sdists[index]));
    }
    assert.ok(taken > 500, `${taken}`);
  });
});
