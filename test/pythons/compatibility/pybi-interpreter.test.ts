import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { describeInterpreter } from "../../../src/pythons/compatibility/describe-interpreter.ts";
import { pybiInterpreter } from "../../../src/pythons/compatibility/pybi-interpreter.ts";
import { parsePackageName } from "../../../src/vocab/requirement/name.ts";
import { formatPybiFile, formatPybiMetadata } from "../../../src/vocab/metadata/pybi-metadata.ts";
import type { PlatformName } from "../../../src/vocab/tags/index.ts";
import { parseVersion } from "../../../src/vocab/version/version.ts";

const source = { kind: "described" } as const;
const usual = describeInterpreter(parseVersion("3.13.5"), "macos-arm64");

interface Change {
  readonly name?: string;
  readonly version?: string;
  readonly markers?: object;
  readonly wheelTags?: readonly string[];
  readonly tags?: readonly string[];
}

function interpreterOf(platform: PlatformName, change: Change = {}) {
  const { name = "cpython", version = "3.13.5", wheelTags = usual.wheelTags } = change;
  const { tags = ["macosx_11_0_arm64"] } = change;
  const markers = { ...usual.markers, ...change.markers };
  const { paths } = usual;
  const metadata = formatPybiMetadata({
    name: parsePackageName(name),
    version: parseVersion(version),
    markers,
    paths,
    wheelTags,
  });
  return pybiInterpreter({ metadata, pybi: formatPybiFile({ tags }) }, source, platform);
}

describe("the interpreter that a pybi describes", () => {
  test("has the version of the interpreter, not that of the archive", () => {
    const pypy = { name: "pypy", version: "7.3.17", markers: { python_full_version: "3.10.14" } };
    assert.equal(interpreterOf("macos-arm64", pypy)?.version, "3.10.14");
    const unknown = { version: "3.13.5", markers: { python_full_version: undefined } };
    assert.equal(interpreterOf("macos-arm64", unknown)?.version, "3.13.5");
  });

  test("has the implementation of its markers, or else the name of the archive", () => {
    const named = { name: "my-python", markers: { implementation_name: "pypy" } };
    assert.equal(interpreterOf("macos-arm64", named)?.implementation, "pypy");
    const unknown = { name: "my-python", markers: { implementation_name: undefined } };
    assert.equal(interpreterOf("macos-arm64", unknown)?.implementation, "my-python");
  });

  test("is free-threaded if its wheel tags are", () => {
    assert.equal(interpreterOf("macos-arm64")?.freeThreaded, false);
    const tags = ["cp313-cp313t-PLATFORM", "py3-none-any"];
    assert.equal(interpreterOf("macos-arm64", { wheelTags: tags })?.freeThreaded, true);
  });

  test("does not exist for another platform", () => {
    assert.equal(interpreterOf("macos-x86_64"), undefined);
    assert.equal(interpreterOf("linux-x86_64"), undefined);
  });

  test("is for one of the two processors of a universal pybi", () => {
    const universal = { tags: ["macosx_11_0_universal2"], markers: { platform_machine: undefined } };
    for (const [platform, machine] of [
      ["macos-arm64", "arm64"],
      ["macos-x86_64", "x86_64"],
    ] as const) {
      const python = interpreterOf(platform, universal);
      assert.deepEqual(python?.platformTags, [`macosx_11_0_${machine}`]);
      assert.equal(python.markers.platform_machine, machine);
    }
  });

  test("must have the processor of its platform tag", () => {
    assert.throws(() => interpreterOf("macos-arm64", { markers: { platform_machine: "x86_64" } }), {
      code: "invalid-pybi",
      message: "a pybi for `macosx_11_0_arm64` has the `platform_machine` `x86_64`",
    });
  });
});
