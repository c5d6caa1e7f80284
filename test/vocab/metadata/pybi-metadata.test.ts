import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PosyError } from "../../../src/errors/posy-error.ts";
import {
  formatPybiFile,
  formatPybiMetadata,
  parsePybiFile,
  parsePybiMetadata,
} from "../../../src/vocab/metadata/pybi-metadata.ts";
import { parseVersion } from "../../../src/vocab/version/version.ts";
import { cpythonWheelTags } from "../../../src/vocab/tags/wheel-tags.ts";

const paths = {
  stdlib: "lib/python3.13",
  platstdlib: "lib/python3.13",
  purelib: "lib/python3.13/site-packages",
  platlib: "lib/python3.13/site-packages",
  include: "include/python3.13",
  platinclude: "include/python3.13",
  scripts: "bin",
  data: ".",
};
const head = "Metadata-Version: 2.2\nName: cpython\nVersion: 3.13.5\n";
const markers = 'Pybi-Environment-Marker-Variables: {"os_name": "posix", "unknown": "x"}\n';
const tag = "Pybi-Wheel-Tag: cp313-cp313-PLATFORM\n";
const pathsField = `Pybi-Paths: ${JSON.stringify(paths)}\n`;

describe("parsePybiMetadata", () => {
  test("reads every field, and leaves out unknown variables", () => {
    const metadata = parsePybiMetadata(head + markers + pathsField + tag);
    assert.equal(metadata.name, "cpython");
    assert.equal(metadata.version.text, "3.13.5");
    assert.deepEqual(metadata.markers, { os_name: "posix" });
    assert.deepEqual(metadata.paths, paths);
    assert.deepEqual(metadata.wheelTags, ["cp313-cp313-PLATFORM"]);
  });
  test("reads again what it writes", () => {
    const { name, version } = parsePybiMetadata(head + markers + pathsField + tag);
    const wheelTags = cpythonWheelTags(parseVersion("3.13.5"));
    const metadata = { name, version, markers: { sys_platform: "linux" }, paths, wheelTags };
    assert.deepEqual(parsePybiMetadata(formatPybiMetadata(metadata)), metadata);
  });
  const outside = (path: string) => `Pybi-Paths: ${JSON.stringify({ ...paths, purelib: path })}\n`;
  const broken: [text: string, message: RegExp][] = [
    [head + pathsField + tag, /no `Pybi-Environment-Marker-Variables`/],
    [head + markers + tag, /no `Pybi-Paths`/],
    [head + markers + pathsField, /no `Pybi-Wheel-Tag`/],
    [`${head + markers + pathsField}Pybi-Wheel-Tag: cp313-cp313\n`, /is not a tag/],
    [`${head + markers + pathsField + tag}Requires-Dist: a\n`, /`Requires-Dist` is forbidden/],
    [`${head + markers + tag}Pybi-Paths: [\n`, /not JSON/],
    [`${head + markers + tag}Pybi-Paths: []\n`, /not a JSON object/],
    [`${head + markers + tag}Pybi-Paths: {"stdlib": 1}\n`, /`stdlib` is not a string/],
    [`${head + markers + tag}Pybi-Paths: {"stdlib": "a"}\n`, /has no `platstdlib`/],
    ...["/a", "../a", "a/../../b", "C:/a", "a\\b", ""].map((path): [string, RegExp] => [
      head + markers + tag + outside(path),
      /not inside the pybi/,
    ]),
    [markers + pathsField + tag, /no `Name`/],
    [`Name: a\nVersion: x\n${markers}${pathsField}${tag}`, /`Version: x` can't be read/],
  ];
  for (const [text, message] of broken) {
    test(`${message.source} in ${JSON.stringify(text).slice(-40)}`, () =>
      assert.throws(
        () => parsePybiMetadata(text),
        (error) => {
          assert.ok(error instanceof PosyError);
          assert.equal(error.code, "invalid-pybi");
          assert.match(error.message, message);
          return true;
        },
      ));
  }
});

describe("parsePybiFile", () => {
  test("reads tags and build of any version 1.x, and writes them again", () => {
    const file = parsePybiFile(
      "Pybi-Version: 1.3\nGenerator: x\nTag: macosx_11_0_arm64\nTag: win32\nBuild: 1a\n",
    );
    assert.deepEqual(file, {
      tags: ["macosx_11_0_arm64", "win32"],
      build: { number: "1", suffix: "a", text: "1a" },
    });
    assert.deepEqual(parsePybiFile(formatPybiFile(file)), file);
  });
  for (const text of [
    "",
    "Pybi-Version: 2.0\n",
    "Pybi-Version: 1.0\nTag: a.b\n",
    "Pybi-Version: 1.0\nBuild: x\n",
  ]) {
    test(`refuses ${JSON.stringify(text)}`, () =>
      assert.throws(
        () => parsePybiFile(text),
        (error) => error instanceof PosyError && error.code === "invalid-pybi",
      ));
  }
});
