import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checkMetadata, checkPybiFile } from "../../../../src/pythons/pybi/check/check-info.ts";
import type { Finding } from "../../../../src/pythons/pybi/check/rules.ts";
import { checkPybiFilename } from "../../../../src/pythons/compatibility/check-pybi-filename.ts";
import { describeInterpreter } from "../../../../src/pythons/compatibility/describe-interpreter.ts";
import { parsePybiFilename } from "../../../../src/vocab/filenames/pybi-filename.ts";
import { parseVersion } from "../../../../src/vocab/version/version.ts";

const { markers, paths, wheelTags } = describeInterpreter(parseVersion("3.13.5"), "linux-x86_64");
const linux = parsePybiFilename("cpython-3.13.5-manylinux_2_17_x86_64.pybi");
const rulesOf = (findings: readonly Finding[]) => findings.map(({ rule }) => rule);

interface Metadata {
  readonly version?: string;
  readonly markers?: object;
  readonly tags?: readonly string[];
  readonly more?: readonly string[];
}

const metadata = (change: Metadata = {}) =>
  [
    `Metadata-Version: ${change.version ?? "2.2"}`,
    "Name: cpython",
    "Version: 3.13.5",
    `Pybi-Environment-Marker-Variables: ${JSON.stringify(change.markers ?? markers)}`,
    `Pybi-Paths: ${JSON.stringify(paths)}`,
    ...(change.tags ?? wheelTags).map((tag) => `Pybi-Wheel-Tag: ${tag}`),
    ...(change.more ?? []),
    "",
  ].join("\n");
const check = (change: Metadata, name = linux) => checkMetadata(metadata(change), name);

describe("checking METADATA of a pybi", () => {
  test("reports nothing for ordinary metadata", () => {
    const { findings, metadata: parsed } = check({});
    assert.deepEqual(findings, []);
    assert.equal(parsed?.version.text, "3.13.5");
  });

  test("also works without a file name", () => {
    assert.deepEqual(checkMetadata(metadata(), undefined).findings, []);
  });

  for (const [version, isGood] of [
    ["2.1", false],
    ["2.2", true],
    ["2.9", true],
    ["2.10", true],
    ["3.0", false],
    ["12.2", false],
  ] as const) {
    test(`${isGood ? "accepts" : "reports"} metadata version ${version}`, () => {
      assert.deepEqual(rulesOf(check({ version }).findings), isGood ? [] : ["metadata-version"]);
    });
  }

  test("reports dependencies, extras and a required Python once each", () => {
    for (const field of ["Requires-Dist: numpy", "Provides-Extra: x", "Requires-Python: >=3"]) {
      const { findings } = check({ more: [field] });
      assert.deepEqual(rulesOf(findings), ["metadata-forbidden"]);
      assert.equal(findings[0]?.path, "pybi-info/METADATA");
      assert.match(findings[0]?.message ?? "", new RegExp(`^\`${field.split(":")[0]}\``));
    }
  });

  test("reports a name or version other than that of the file", () => {
    for (const name of [
      "pypy-3.13.5-manylinux_2_17_x86_64.pybi",
      "cpython-3.13.6-manylinux_2_17_x86_64.pybi",
    ]) {
      assert.deepEqual(rulesOf(check({}, parsePybiFilename(name)).findings), ["name-differs"]);
    }
  });

  test("reports marker variables that depend on the machine", () => {
    for (const variable of ["platform_release", "platform_version"]) {
      const { findings } = check({ markers: { ...markers, [variable]: "x" } });
      assert.ok(
        findings.some(({ rule, message }) => rule === "markers" && message.includes(variable)),
        variable,
      );
    }
  });

  test("reports a missing processor, unless the pybi is universal", () => {
    const { platform_machine: _, ...open } = markers;
    const universal = parsePybiFilename("cpython-3.13.5-macosx_11_0_universal2.pybi");
    const mac = describeInterpreter(parseVersion("3.13.5"), "macos-arm64").markers;
    const { platform_machine: machine, ...openMac } = mac;
    assert.deepEqual(rulesOf(check({ markers: openMac }, universal).findings), []);
    assert.deepEqual(
      rulesOf(check({ markers: { ...openMac, platform_machine: machine } }, universal).findings),
      ["markers"],
    );
    const { findings } = check({ markers: open });
    assert.deepEqual(rulesOf(findings), ["markers-open"]);
    assert.match(findings[0]?.message ?? "", /lack platform_machine$/);
  });

  test("reports unknown and missing marker variables", () => {
    const { findings } = check({ markers: { ...markers, python_flavour: "x" } });
    assert.deepEqual(rulesOf(findings), ["markers-open"]);
    assert.match(findings[0]?.message ?? "", /"python_flavour"|`python_flavour`|python_flavour/);
    const { os_name: _, sys_platform: __, ...few } = markers;
    assert.match(check({ markers: few }).findings[0]?.message ?? "", /lack os_name, sys_platform$/);
  });

  test("reports values and tags that differ from other builds, but only for CPython", () => {
    const value = check({ markers: { ...markers, os_name: "nt" } }).findings;
    assert.deepEqual(rulesOf(value), ["unusual-metadata"]);
    assert.match(value[0]?.message ?? "", /^`os_name` is .nt., not .posix. as in other builds/);
    assert.deepEqual(rulesOf(check({ tags: wheelTags.slice(1) }).findings), ["unusual-metadata"]);
    const other = { ...markers, implementation_name: "other", os_name: "nt" };
    assert.deepEqual(check({ markers: other, tags: ["py3-none-any"] }).findings, []);
  });

  test("compares a free-threaded build with free-threaded builds", () => {
    const threaded = describeInterpreter(parseVersion("3.13.5"), "linux-x86_64", { freeThreaded: true });
    assert.deepEqual(check({ tags: threaded.wheelTags }).findings, []);
  });

  test("names the field that can't be parsed", () => {
    const text = metadata().replace(/^Pybi-Paths: .*$/m, "Pybi-Paths: []");
    const { findings, metadata: parsed } = checkMetadata(text, linux);
    assert.deepEqual(rulesOf(findings), ["paths"]);
    assert.equal(parsed, undefined);
    const nameless = metadata().replace(/^Name: .*\n/m, "");
    assert.deepEqual(rulesOf(checkMetadata(nameless, linux).findings), ["metadata"]);
  });
});

describe("checking the PYBI file of a pybi", () => {
  const pybi = (...lines: readonly string[]) => ["Pybi-Version: 1.1", ...lines, ""].join("\n");

  test("compares its tags and build with the file name", () => {
    assert.deepEqual(checkPybiFile(pybi("Tag: manylinux_2_17_x86_64"), linux), []);
    const two = parsePybiFilename("cpython-3.13.5-2-manylinux_2_17_x86_64.manylinux2014_x86_64.pybi");
    const text = pybi("Build: 2", "Tag: manylinux2014_x86_64", "Tag: manylinux_2_17_x86_64");
    assert.deepEqual(checkPybiFile(text, two), []);
    assert.deepEqual(rulesOf(checkPybiFile(text, linux)), ["tag-differs", "build-differs"]);
  });

  test("does not mind the order of tags", () => {
    const name = parsePybiFilename("cpython-3.13.5-manylinux_2_17_x86_64.manylinux2014_x86_64.pybi");
    for (const tags of [
      ["manylinux2014_x86_64", "manylinux_2_17_x86_64"],
      ["manylinux_2_17_x86_64", "manylinux2014_x86_64"],
    ]) {
      const text = pybi(...tags.map((tag) => `Tag: ${tag}`));
      assert.deepEqual(checkPybiFile(text, name), []);
      checkPybiFilename({ metadata: metadata(), pybi: text }, name);
    }
    const other = pybi("Tag: manylinux2014_x86_64");
    assert.throws(() => checkPybiFilename({ metadata: metadata(), pybi: other }, name), {
      code: "invalid-pybi",
    });
  });

  test("throws for a fault of the program", () => {
    assert.throws(() => checkPybiFile(undefined as unknown as string, linux), TypeError);
  });

  test("reports a file without a tag", () => {
    assert.deepEqual(rulesOf(checkPybiFile(pybi(), undefined)), ["pybi"]);
    assert.deepEqual(checkPybiFile(pybi("Tag: any"), undefined), []);
  });
});
