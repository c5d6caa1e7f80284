import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  isDebian,
  packagesFolder,
  withUsualLayout,
} from "../../../../src/pythons/pybi/pack/debian-layout.ts";
import { describePacked } from "../../../../src/pythons/pybi/pack/describe-packed.ts";
import type { PrefixAnswer } from "../../../../src/pythons/pybi/pack/probe-prefix.ts";
import type { Selection } from "../../../../src/pythons/pybi/pack/select-files.ts";

function answerOf(version: string, change: Partial<PrefixAnswer> = {}): PrefixAnswer {
  const markers = {
    implementation_name: "cpython",
    python_full_version: version,
    python_version: version.split(".").slice(0, 2).join("."),
    platform_machine: "x86_64",
  };
  const usual = { implementation: "cpython", markers, freeThreaded: false, soabi: "", wideUnicode: true };
  return { ...usual, ...change } as PrefixAnswer;
}

const selectionOf = (python: string, change: Partial<Selection> = {}) =>
  ({
    stdlib: `lib/${python}`,
    include: `include/${python}`,
    python,
    packages: python,
    ...change,
  }) as Selection;

const tagsOf = (version: string, change: Partial<PrefixAnswer> = {}) =>
  describePacked(answerOf(version, change), selectionOf("python3"), "manylinux_2_17_x86_64").wheelTags;

describe("the wheel tags of a packed Python", () => {
  const abi = (soabi: string) => ({ soabi: `${soabi}-x86_64-linux-gnu` });

  test("are the usual ones for an ordinary build", () => {
    const tags = tagsOf("3.12.9", abi("cpython-312"));
    assert.deepEqual(tags.slice(0, 3), [
      "cp312-cp312-PLATFORM",
      "cp312-abi3-PLATFORM",
      "cp312-none-PLATFORM",
    ]);
  });

  test("begin with that of the debug build, which also loads modules of release builds", () => {
    assert.deepEqual(tagsOf("3.12.9", abi("cpython-312d")), [
      "cp312-cp312d-PLATFORM",
      ...tagsOf("3.12.9", abi("cpython-312")),
    ]);
  });

  test("have the flag `m` before 3.8, and then no tag without it", () => {
    const tags = tagsOf("3.6.15", abi("cpython-36m"));
    assert.equal(tags[0], "cp36-cp36m-PLATFORM");
    assert.equal(tags.filter((tag) => tag.startsWith("cp36-cp36")).length, 1);
    assert.equal(new Set(tags).size, tags.length);
    const debug = tagsOf("3.6.15", abi("cpython-36dm"));
    assert.equal(debug[0], "cp36-cp36dm-PLATFORM");
  });

  test("of Python 2 tell the width of its characters", () => {
    assert.equal(tagsOf("2.7.18", { wideUnicode: true })[0], "cp27-cp27mu-PLATFORM");
    assert.equal(tagsOf("2.7.18", { wideUnicode: false })[0], "cp27-cp27m-PLATFORM");
  });

  test("of a free-threaded build have a `t`", () => {
    const tags = tagsOf("3.13.5", { freeThreaded: true, ...abi("cpython-313t") });
    assert.equal(tags[0], "cp313-cp313t-PLATFORM");
    assert.equal(tags.filter((tag) => tag.startsWith("cp313-cp313")).length, 1);
  });
});

describe("the paths of a packed Python", () => {
  const pathsOf = (selection: Selection) =>
    describePacked(answerOf("3.12.9"), selection, "manylinux_2_17_x86_64").paths;

  test("are below `lib`, where Fedora has pure packages, too", () => {
    const paths = pathsOf(selectionOf("python3.12", { stdlib: "lib64/python3.12" }));
    assert.equal(paths.stdlib, "lib64/python3.12");
    assert.equal(paths.purelib, "lib/python3.12/site-packages");
    assert.equal(paths.platlib, "lib64/python3.12/site-packages");
  });

  test("name the usual folder of headers if there are none", () => {
    const none = pathsOf(selectionOf("python3.12", { include: "" }));
    assert.deepEqual([none.include, none.platinclude], ["include/python3.12", "include/python3.12"]);
    const some = pathsOf(selectionOf("python3.12", { include: "include/py" }));
    assert.deepEqual([some.include, some.platinclude], ["include/py", "include/py"]);
  });
});

test("a Python of a platform that Posy does not support is refused", () => {
  assert.throws(() => describePacked(answerOf("3.12.9"), selectionOf("python3.12"), "manylinux_2_17_s390x"), {
    code: "unknown-platform",
    message: /`manylinux_2_17_s390x`/,
  });
});

describe("Debian's layout", () => {
  const usual = Buffer.from("    return 'posix_local'\n");

  test("is recognized by its name in `sysconfig`", () => {
    assert.equal(isDebian(undefined), false);
    assert.equal(isDebian(usual), false);
    assert.equal(isDebian(Buffer.from("    'deb_system': {\n")), true);
  });

  test("is replaced in Debian's source only", () => {
    assert.equal(withUsualLayout(usual), usual);
    const debian = Buffer.from(`    'deb_system': {}\n${usual.toString()}`);
    assert.match(Buffer.from(withUsualLayout(debian)).toString(), /return 'posix_prefix'/);
  });

  test("has one folder of packages for both builds of a version", () => {
    assert.equal(packagesFolder("python3.13t", true), "python3.13");
    assert.equal(packagesFolder("python3.13t", false), "python3.13t");
    assert.equal(packagesFolder("python3.13", true), "python3.13");
  });
});
