import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { markerText } from "../../src/lockfile/from-blueprint/format-pylock.ts";
import { openMarkerFinder } from "../../src/lockfile/select-marker.ts";
import { describeInterpreter } from "../../src/pythons/compatibility/describe-interpreter.ts";
import { markerEnvironment } from "../../src/pythons/compatibility/interpreter-markers.ts";
import { evaluateMarker } from "../../src/vocab/requirement/marker.ts";
import { type PlatformName, platformNames } from "../../src/vocab/tags/platform-name.ts";
import { parseVersion } from "../../src/vocab/version/version.ts";

const five: readonly PlatformName[] = [
  "linux-x86_64",
  "linux-aarch64",
  "macos-arm64",
  "macos-x86_64",
  "windows-x86_64",
];
const environmentOf = (python: string, platform: PlatformName) =>
  markerEnvironment(describeInterpreter(parseVersion(python), platform));
const grid = (platforms: readonly PlatformName[], pythons: readonly string[]) =>
  platforms.flatMap((platform) =>
    pythons.map((python) => ({ platform, python, environment: environmentOf(python, platform) })),
  );

describe("finds the shortest marker of a set of targets", () => {
  const rows: [string, (target: { platform: string; python: string }) => boolean][] = [
    ["sys_platform == 'win32'", ({ platform }) => platform.startsWith("windows")],
    ["sys_platform != 'win32'", ({ platform }) => !platform.startsWith("windows")],
    ["platform_machine == 'arm64'", ({ platform }) => platform === "macos-arm64"],
    [
      "sys_platform == 'linux' and platform_machine == 'x86_64'",
      ({ platform }) => platform === "linux-x86_64",
    ],
    ["python_version == '3.12'", ({ python }) => python.startsWith("3.12")],
    ["python_version < '3.12'", ({ python }) => ["3.10.1", "3.11.2"].includes(python)],
    ["python_version >= '3.12'", ({ python }) => ["3.12.3", "3.13.4"].includes(python)],
    ["python_version >= '3.11' and python_version < '3.13'", ({ python }) => /^3\.1[12]/.test(python)],
    [
      "sys_platform == 'win32' and python_version < '3.12'",
      ({ platform, python }) => platform === "windows-x86_64" && /^3\.1[01]/.test(python),
    ],
    [
      "sys_platform == 'darwin' or python_version == '3.10'",
      ({ platform, python }) => platform.startsWith("macos") || python === "3.10.1",
    ],
  ];
  const targets = grid(five, ["3.10.1", "3.11.2", "3.12.3", "3.13.4"]);
  const finder = openMarkerFinder(targets.map(({ environment }) => environment));
  for (const [text, holds] of rows) {
    test(text, () => {
      const marker = finder.find(targets.flatMap((target, index) => (holds(target) ? [index] : [])));
      assert.ok(marker !== undefined && marker !== "all");
      assert.equal(markerText(marker), text);
    });
  }
});

test("needs no marker for all targets", () => {
  const finder = openMarkerFinder(grid(five, ["3.12.1"]).map(({ environment }) => environment));
  assert.equal(finder.find([0, 1, 2, 3, 4]), "all");
});

test("distinguishes patch versions by `python_full_version` if nothing else differs", () => {
  const finder = openMarkerFinder([
    environmentOf("3.12.1", "linux-x86_64"),
    environmentOf("3.12.4", "linux-x86_64"),
  ]);
  const marker = finder.find([1]);
  assert.ok(marker !== undefined && marker !== "all");
  assert.equal(markerText(marker), "python_full_version == '3.12.4'");
  assert.match(markerText(finder.describe(0)), /python_full_version == '3\.12\.1'/);
});

test("never uses the patch version if another variable differs", () => {
  const targets = [
    environmentOf("3.12.1", "linux-x86_64"),
    ...grid(five.slice(1), ["3.12.4"]).map(({ environment }) => environment),
    ...grid(five, ["3.10.1"]).map(({ environment }) => environment),
  ];
  const finder = openMarkerFinder(targets);
  const marker = finder.find([0]);
  assert.ok(marker !== undefined && marker !== "all");
  assert.equal(
    markerText(marker),
    "sys_platform == 'linux' and platform_machine == 'x86_64' and python_version == '3.12'",
  );
});

test("finds no marker that distinguishes glibc from musl", () => {
  const finder = openMarkerFinder([
    environmentOf("3.12.1", "linux-x86_64"),
    environmentOf("3.12.1", "linux-x86_64-musl"),
  ]);
  assert.equal(finder.find([0]), undefined);
});

test("the marker of any set of targets holds for those targets only", () => {
  const platforms = fc.subarray(
    [...platformNames].filter((name) => !name.endsWith("musl")),
    { minLength: 1 },
  );
  const pythons = fc.subarray(["3.9.1", "3.10.1", "3.11.2", "3.12.3", "3.14.0"], { minLength: 1 });
  fc.assert(
    fc.property(
      platforms,
      pythons,
      fc.array(fc.boolean(), { minLength: 45, maxLength: 45 }),
      (some, of, mask) => {
        const targets = grid(some, of);
        const indexes = targets.flatMap((_, index) => (mask[index] ? [index] : []));
        fc.pre(indexes.length > 0);
        const marker = openMarkerFinder(targets.map(({ environment }) => environment)).find(indexes);
        assert.notEqual(marker, undefined);
        const selected = targets.flatMap(({ environment }, index) =>
          marker === "all" || (marker && evaluateMarker(marker, environment)) ? [index] : [],
        );
        assert.deepEqual(selected, indexes);
      },
    ),
    { numRuns: 60 },
  );
});
