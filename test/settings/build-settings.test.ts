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

/** Options, a requirements file, variables, and whether wheels and source builds are allowed for `a` and for `b`. */
const rights: readonly (readonly [
  string,
  BuildOptions,
  Partial<FileBuildOptions>,
  NodeJS.ProcessEnv,
  readonly [string, string],
])[] = [
  ["wheels and source builds without options", {}, {}, {}, ["wheel source", "wheel source"]],
  ["only wheels with `--no-build`", { noBuild: true }, {}, {}, ["wheel", "wheel"]],
  [
    "only wheels for a package of `--no-build-package`",
    { noBuildPackage: ["A"] },
    {},
    {},
    ["wheel", "wheel source"],
  ],
  ["only source builds with `--no-binary :all:`", { noBinary: [":all:"] }, {}, {}, ["source", "source"]],
  [
    "only source builds for each package of a comma-separated `--no-binary`",
    { noBinary: ["a,b"] },
    {},
    {},
    ["source", "source"],
  ],
  [
    "everything that was forbidden before `:none:`",
    { noBinary: ["a", ":none:", "b"] },
    {},
    {},
    ["wheel source", "source"],
  ],
  [
    "what an option with a package name says rather than one with `:all:`",
    { onlyBinary: [":all:"], noBinary: ["a"] },
    {},
    {},
    ["source", "wheel"],
  ],
  [
    "no file of a package of both `--no-build-package` and `--no-binary`",
    { noBuildPackage: ["a"], noBinary: ["a"] },
    {},
    {},
    ["", "wheel source"],
  ],
  [
    "no file of a package of both `--only-binary` and `--no-binary`",
    { onlyBinary: ["a"], noBinary: ["a"] },
    {},
    {},
    ["", "wheel source"],
  ],
  [
    "no files with `--no-build` and `--no-binary :all:`",
    { noBuild: true, noBinary: [":all:"] },
    {},
    {},
    ["", ""],
  ],
  [
    "only source builds for a package of `--no-binary` despite `--no-build`",
    { noBuild: true, noBinary: ["a"] },
    {},
    {},
    ["source", "wheel"],
  ],
  [
    "only wheels for a package of `--no-build-package` despite `--no-binary :all:`",
    { noBuildPackage: ["a"], noBinary: [":all:"] },
    {},
    {},
    ["wheel", "source"],
  ],
  [
    "no file of a package that a requirements file and a variable restrict",
    {},
    { onlyBinary: ["a"] },
    { PIP_NO_BINARY: "a" },
    ["", "wheel source"],
  ],
  [
    "no file of a package that two variables of uv restrict",
    {},
    {},
    { UV_NO_BUILD_PACKAGE: "a", UV_NO_BINARY_PACKAGE: "a" },
    ["", "wheel source"],
  ],
  [
    "what the options in a requirements file say",
    {},
    { onlyBinary: ["a"], noBinary: ["b"] },
    {},
    ["wheel", "source"],
  ],
  [
    "what the variables of pip say",
    {},
    {},
    { PIP_ONLY_BINARY: "a", PIP_NO_BINARY: "b" },
    ["wheel", "source"],
  ],
  ["only wheels with `UV_NO_BUILD`", {}, {}, { UV_NO_BUILD: "1" }, ["wheel", "wheel"]],
  ["only source builds with `UV_NO_BINARY`", {}, {}, { UV_NO_BINARY: "true" }, ["source", "source"]],
  [
    "only wheels for each package of `UV_NO_BUILD_PACKAGE`",
    {},
    {},
    { UV_NO_BUILD_PACKAGE: "a b" },
    ["wheel", "wheel"],
  ],
];

describe("the build policy allows", () => {
  for (const [title, options, file, environment, expected] of rights) {
    test(title, () => {
      const read = policy(options, file, environment);
      const of = (name: typeof a) =>
        [allowsWheel(read, name) && "wheel", allowsBuild(read, name) && "source"].filter(Boolean).join(" ");
      assert.deepEqual([of(a), of(b)], expected);
    });
  }

  test("builds without isolation for all packages or for named packages", () => {
    assert.equal(isIsolated(policy({ noBuildIsolation: true }), a), false);
    const one = policy({ noBuildIsolationPackage: ["a"] });
    assert.deepEqual([isIsolated(one, a), isIsolated(one, b)], [false, true]);
  });
});

describe("config settings", () => {
  test("may repeat a key, omit the value, and have `=` in the value", () => {
    const { settings } = policy({ configSetting: ["x=1", "x=2", "y", "--opt=a=b"] });
    assert.deepEqual(settings, { x: ["1", "2"], y: "", "--opt": "a=b" });
  });

  test("of a package override those for all packages, key by key", () => {
    const read = policy(
      { configSetting: ["x=1", "y=1"], configSettingsPackage: ["A:x=2"] },
      { settings: [[b, "y=3"]] },
    );
    assert.deepEqual(settingsFor(read, a), { x: "2", y: "1" });
    assert.deepEqual(settingsFor(read, b), { x: "1", y: "3" });
  });

  for (const wrong of ["=1", ""]) {
    test(`are rejected without a key: ${JSON.stringify(wrong)}`, () => {
      assert.throws(() => policy({ configSetting: [wrong] }), /has no key/);
    });
  }
  test("for a package are rejected without the name of the package", () => {
    assert.throws(() => policy({ configSettingsPackage: ["x=1"] }), /invalid value/);
  });
});
