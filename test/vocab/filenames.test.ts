import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PosyError } from "../../src/errors/posy-error.ts";
import { compareBuildTags, parseBuildTag } from "../../src/vocab/filenames/build-tag.ts";
import { parsePackageName } from "../../src/vocab/requirement/name.ts";
import { parsePybiFilename } from "../../src/vocab/filenames/pybi-filename.ts";
import { parseSdistFilename } from "../../src/vocab/filenames/sdist-filename.ts";
import { parseTagSet } from "../../src/vocab/tags/tag.ts";
import { parseWheelFilename } from "../../src/vocab/filenames/wheel-filename.ts";
import { computingTime } from "../support/computing.ts";

function refuses(code: string, message: RegExp, parse: () => unknown): void {
  assert.throws(parse, (error) => {
    assert.ok(error instanceof PosyError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  });
}

describe("parseTagSet", () => {
  test("expands in order, in lower case, without duplicates, and shares the result", () => {
    assert.deepEqual(parseTagSet("py2.py3-none-any"), ["py2-none-any", "py3-none-any"]);
    assert.deepEqual(parseTagSet("PY3.py3-None-any"), ["py3-none-any"]);
    assert.equal(parseTagSet("cp313-cp313-win32"), parseTagSet("cp313-cp313-win32"));
    assert.ok(Object.isFrozen(parseTagSet("py3-none-any")));
  });
  for (const [text, message] of [
    ["py3-none", /three parts/],
    ["py3-none-any-any", /three parts/],
    ["py3--any", /empty/],
    ["py3-none-a..b", /empty/],
    ["3py-none-any", /identifier/],
    ["py3-none-a/b", /characters/],
    [`py3-${"a.".repeat(99)}a-${"b.".repeat(99)}b`, /more than 4096/],
  ] as const) {
    test(`refuses \`${text.slice(0, 30)}\``, () => refuses("invalid-tag", message, () => parseTagSet(text)));
  }
});

describe("parseWheelFilename", () => {
  test("reads every part", () => {
    const wheel = parseWheelFilename(
      "Ruamel_Yaml-1.0+cu118-2local-cp313.cp314-abi3-manylinux_2_17_x86_64.whl",
    );
    assert.equal(wheel.name, "ruamel-yaml");
    assert.equal(wheel.version.text, "1.0+cu118");
    assert.deepEqual(wheel.build, { number: "2", suffix: "local", text: "2local" });
    assert.deepEqual(wheel.tags, ["cp313-abi3-manylinux_2_17_x86_64", "cp314-abi3-manylinux_2_17_x86_64"]);
  });
  const versions: [filename: string, version: string][] = [
    ["a-1.0_1-py3-none-any.whl", "1.0.post1"],
    ["a-1.0_post1-py3-none-any.whl", "1.0.post1"],
    ["a-1.0+abc_def-py3-none-any.whl", "1.0+abc.def"],
    ["a-1!1.0-py3-none-any.whl", "1!1.0"],
  ];
  for (const [filename, version] of versions) {
    test(filename, () => assert.equal(parseWheelFilename(filename).version.text, version));
  }
  const broken: [filename: string, message: RegExp][] = [
    ["a-1.0-py3-none-any.zip", /ends with `\.whl`/],
    ["a-1.0-py3-none.whl", /five parts/],
    ["a-1.0-1-2-py3-none-any.whl", /five parts/],
    ["a__b-1.0-py3-none-any.whl", /two underscores/],
    ["-1.0-py3-none-any.whl", /is not a project's name/],
    ["a-x-py3-none-any.whl", /`x` is not a version/],
    ["a-1.0-x1-py3-none-any.whl", /does not begin with a digit/],
    ["../a-1.0-py3-none-any.whl", /characters/],
    ["a-1.0-py3-none-any\n.whl", /characters/],
    [`${"a".repeat(2000)}-1.0-py3-none-any.whl`, /longer/],
  ];
  for (const [filename, message] of broken) {
    test(`refuses ${JSON.stringify(filename.slice(0, 40))}`, () =>
      refuses("invalid-filename", message, () => parseWheelFilename(filename)));
  }
  test("parses the names of a large page in linear time", () => {
    const filenames = Array.from(
      { length: 5000 },
      (_, index) =>
        `numpy-1.${index % 100}.${index}-cp3${index % 15}-cp313-manylinux_2_17_x86_64.manylinux2014_x86_64.whl`,
    );
    const started = computingTime();
    for (const filename of filenames) parseWheelFilename(filename);
    assert.ok(computingTime() - started < 5000);
  });
});

describe("parseSdistFilename", () => {
  const table: [filename: string, project: string | undefined, name: string, version: string][] = [
    ["a_b-1.0.tar.gz", undefined, "a-b", "1.0"],
    ["a-b-1.0.zip", undefined, "a-b", "1.0"],
    ["a-b-1.0-2.tar.gz", "a-b", "a-b", "1.0.post2"],
    ["a-2-1.0.tar.gz", "a-2", "a-2", "1.0"],
    ["a-2-1.0.tar.gz", "a", "a", ""],
    ["A.B-1.0.tar.bz2", "a-b", "a-b", "1.0"],
    ["a-1.0.tar.xz", "a", "a", "1.0"],
    ["a-1.0.dev1.tgz", "a", "a", "1.0.dev1"],
  ];
  for (const [filename, project, name, version] of table) {
    const parse = () =>
      parseSdistFilename(filename, project === undefined ? undefined : parsePackageName(project));
    if (version === "") {
      test(`refuses ${filename} for \`${project}\``, () =>
        refuses("invalid-filename", /not a version/, parse));
      continue;
    }
    test(`${filename} of \`${project ?? "any"}\``, () => {
      const sdist = parse();
      assert.deepEqual([sdist.name, sdist.version.text], [name, version]);
      assert.ok(filename.endsWith(sdist.extension));
    });
  }
  const broken: [filename: string, project: string | undefined, message: RegExp][] = [
    ["a-1.0.exe", undefined, /ends with one of/],
    ["a.tar.gz", undefined, /no version/],
    ["a-1.0.linux-x86_64.tar.gz", "a", /what follows `a` is not a version/],
    ["b-1.0.tar.gz", "a", /does not begin with `a`/],
    ["-1.0.tar.gz", undefined, /is not a project's name/],
  ];
  for (const [filename, project, message] of broken) {
    test(`refuses ${filename}`, () =>
      refuses("invalid-filename", message, () =>
        parseSdistFilename(filename, project === undefined ? undefined : parsePackageName(project)),
      ));
  }
  test("refuses a hostile name in linear time", () => {
    const started = computingTime();
    refuses("invalid-filename", /./, () =>
      parseSdistFilename(`${"a-".repeat(500)}.tar.gz`, parsePackageName(Array(499).fill("a").join("-"))),
    );
    assert.ok(computingTime() - started < 2000);
  });
});

describe("parsePybiFilename", () => {
  test("reads three parts, four with a build tag, a compressed set, and unknown tags", () => {
    const pybi = parsePybiFilename("cpython_unofficial-3.11.3-2-manylinux_2_17_x86_64.UNKNOWN.pybi");
    assert.equal(pybi.name, "cpython-unofficial");
    assert.equal(pybi.version.text, "3.11.3");
    assert.equal(pybi.build?.number, "2");
    assert.deepEqual(pybi.platformTags, ["manylinux_2_17_x86_64", "unknown"]);
    assert.equal(parsePybiFilename("pypy-7.3.11-win_amd64.pybi").build, undefined);
  });
  const broken: [filename: string, message: RegExp][] = [
    ["cpython-3.11.3-win32.whl", /ends with `\.pybi`/],
    ["cpython-3.11.3.pybi", /three parts/],
    ["cpython-3.11.3-x-win32.pybi", /does not begin with a digit/],
    ["cpython-3.11.3-a..b.pybi", /not a set of platform tags/],
  ];
  for (const [filename, message] of broken) {
    test(`refuses ${filename}`, () =>
      refuses("invalid-filename", message, () => parsePybiFilename(filename)));
  }
});

test("compareBuildTags compares by number, then by suffix; no build tag comes first", () => {
  const inOrder = [
    undefined,
    "0",
    "1",
    "1a",
    "1b",
    "02",
    "10",
    "99999999999999999999",
    "100000000000000000000",
  ];
  const tags = inOrder.map((text) => (text === undefined ? undefined : parseBuildTag(text)));
  for (const [index, tag] of tags.entries()) {
    for (const [other, another] of tags.entries()) {
      assert.equal(Math.sign(compareBuildTags(tag, another)), Math.sign(index - other));
    }
  }
  assert.equal(compareBuildTags(parseBuildTag("007"), parseBuildTag("7")), 0);
});
