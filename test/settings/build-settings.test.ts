import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { allowsBuild, allowsWheel, isIsolated, settingsFor } from "../../src/model/build-policy.ts";
import { readBuildPolicy } from "../../src/settings/build-settings.ts";
import type { FileBuildOptions } from "../../src/project/requirements-file/requirements-file.ts";
import { parsePackageName } from "../../src/vocab/requirement/name.ts";
import type { BuildOptions } from "../../src/settings/options.ts";

const a = parsePackageName("a");
const b = parsePackageName("b");
const noFile: FileBuildOptions = { noBinary: [], onlyBinary: [], settings: [] };

function policy(
  options: BuildOptions,
  file: Partial<FileBuildOptions> = {},
  environment: NodeJS.ProcessEnv = {},
) {
  return readBuildPolicy(options, { ...noFile, ...file }, [], environment);
}

/** Which of wheels and sources may be had, of `a` and of `b`. */
const rights: readonly (readonly [
  string,
  BuildOptions,
  Partial<FileBuildOptions>,
  NodeJS.ProcessEnv,
  readonly [string, string],
])[] = [
  ["nothing said", {}, {}, {}, ["wheel source", "wheel source"]],
  ["--no-build", { noBuild: true }, {}, {}, ["wheel", "wheel"]],
  ["--no-build-package", { noBuildPackage: ["A"] }, {}, {}, ["wheel", "wheel source"]],
  ["--no-binary :all:", { noBinary: [":all:"] }, {}, {}, ["source", "source"]],
  ["--no-binary a,b", { noBinary: ["a,b"] }, {}, {}, ["source", "source"]],
  [
    ":none: undoes what stands before it",
    { noBinary: ["a", ":none:", "b"] },
    {},
    {},
    ["wheel source", "source"],
  ],
  ["a name counts before all", { onlyBinary: [":all:"], noBinary: ["a"] }, {}, {}, ["source", "wheel"]],
  [
    "a package that both name has no file",
    { noBuildPackage: ["a"], noBinary: ["a"] },
    {},
    {},
    ["", "wheel source"],
  ],
  ["pip's names for the same", { onlyBinary: ["a"], noBinary: ["a"] }, {}, {}, ["", "wheel source"]],
  ["all of both", { noBuild: true, noBinary: [":all:"] }, {}, {}, ["", ""]],
  ["all wheels, one of them from source", { noBuild: true, noBinary: ["a"] }, {}, {}, ["source", "wheel"]],
  [
    "all sources, one of them as a wheel",
    { noBuildPackage: ["a"], noBinary: [":all:"] },
    {},
    {},
    ["wheel", "source"],
  ],
  ["both, of a file and a variable", {}, { onlyBinary: ["a"] }, { PIP_NO_BINARY: "a" }, ["", "wheel source"]],
  [
    "both, of variables",
    {},
    {},
    { UV_NO_BUILD_PACKAGE: "a", UV_NO_BINARY_PACKAGE: "a" },
    ["", "wheel source"],
  ],
  ["in a file", {}, { onlyBinary: ["a"], noBinary: ["b"] }, {}, ["wheel", "source"]],
  ["pip's variables", {}, {}, { PIP_ONLY_BINARY: "a", PIP_NO_BINARY: "b" }, ["wheel", "source"]],
  ["uv's variables", {}, {}, { UV_NO_BUILD: "1" }, ["wheel", "wheel"]],
  ["uv's switch for sources", {}, {}, { UV_NO_BINARY: "true" }, ["source", "source"]],
  ["uv's variables by package", {}, {}, { UV_NO_BUILD_PACKAGE: "a b" }, ["wheel", "wheel"]],
];

describe("what may be had", () => {
  for (const [title, options, file, environment, expected] of rights) {
    test(title, () => {
      const read = policy(options, file, environment);
      const of = (name: typeof a) =>
        [allowsWheel(read, name) && "wheel", allowsBuild(read, name) && "source"].filter(Boolean).join(" ");
      assert.deepEqual([of(a), of(b)], expected);
    });
  }

  test("isolation", () => {
    assert.equal(isIsolated(policy({ noBuildIsolation: true }), a), false);
    const one = policy({ noBuildIsolationPackage: ["a"] });
    assert.deepEqual([isIsolated(one, a), isIsolated(one, b)], [false, true]);
  });
});

describe("settings", () => {
  test("several values of a key, keys without a value, values with =", () => {
    const { settings } = policy({ configSetting: ["x=1", "x=2", "y", "--opt=a=b"] });
    assert.deepEqual(settings, { x: ["1", "2"], y: "", "--opt": "a=b" });
  });

  test("a package's own replace those for all, key by key", () => {
    const read = policy(
      { configSetting: ["x=1", "y=1"], configSettingsPackage: ["A:x=2"] },
      { settings: [[b, "y=3"]] },
    );
    assert.deepEqual(settingsFor(read, a), { x: "2", y: "1" });
    assert.deepEqual(settingsFor(read, b), { x: "1", y: "3" });
  });

  for (const wrong of ["=1", ""]) {
    test(`no key: ${JSON.stringify(wrong)}`, () => {
      assert.throws(() => policy({ configSetting: [wrong] }), /has no key/);
    });
  }
  test("no package", () => {
    assert.throws(() => policy({ configSettingsPackage: ["x=1"] }), /invalid value/);
  });
});
