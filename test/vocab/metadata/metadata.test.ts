import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PosyError } from "../../../src/errors/posy-error.ts";
import { parseMetadata } from "../../../src/vocab/metadata/metadata.ts";
import { computingTime } from "../../support/computing.ts";

const head = "Metadata-Version: 2.4\nName: Foo.Bar\nVersion: 1.0\n";

function refused(source: string | Uint8Array): PosyError {
  try {
    parseMetadata(source);
  } catch (error) {
    assert.ok(error instanceof PosyError);
    assert.equal(error.code, "invalid-metadata");
    return error;
  }
  throw new assert.AssertionError({ message: `taken: ${String(source)}` });
}

describe("parseMetadata", () => {
  test("reads every field", () => {
    const metadata = parseMetadata(
      [
        "Metadata-Version: 2.5",
        "name: Foo_Bar",
        "Version: 1.0.0",
        "Summary: what it is",
        "Requires-Python: >=3.8",
        "Requires-Dist: trio>=0.20",
        "Requires-Dist: black ; extra == 'Dev.Tools'",
        "Provides-Extra: Dev.Tools",
        "Provides-Extra: dev-tools",
        "Dynamic: Requires-Dist",
        "Import-Name: foo_bar",
        "",
        "# Foo",
        "Name: not a header any more",
      ].join("\r\n"),
    );
    assert.equal(metadata.metadataVersion, "2.5");
    assert.equal(metadata.name, "foo-bar");
    assert.equal(metadata.version.text, "1.0.0");
    assert.equal(metadata.summary, "what it is");
    assert.equal(metadata.requiresPython?.text, ">=3.8");
    assert.deepEqual(
      metadata.requiresDist.map(({ name }) => name),
      ["trio", "black"],
    );
    assert.deepEqual(metadata.providesExtra, ["dev-tools"]);
    assert.deepEqual(metadata.dynamic, ["requires-dist"]);
    assert.deepEqual(metadata.field("IMPORT-NAME"), ["foo_bar"]);
    assert.deepEqual(metadata.field("nothing"), []);
    assert.equal(metadata.description(), "# Foo\r\nName: not a header any more");
    assert.deepEqual(metadata.warnings, []);
  });

  test("joins a folded requirement to one line", () => {
    const { requiresDist } = parseMetadata(
      `${head}Requires-Dist: trio\n (>=0.20)\n  ; python_version >= '3'\n`,
    );
    assert.equal(requiresDist[0]?.name, "trio");
    assert.ok(requiresDist[0]?.marker);
  });

  test("warns about bytes that are not UTF-8, and ignores a byte order mark", () => {
    const bytes = Uint8Array.from([0xef, 0xbb, 0xbf, ...Buffer.from(`${head}Author: `), 0xff, 0x0a]);
    const { name, warnings } = parseMetadata(bytes);
    assert.equal(name, "foo-bar");
    assert.match(warnings.join(), /not UTF-8/);
    assert.deepEqual(parseMetadata(Buffer.from(`${head}\nbroken only \xff here`, "latin1")).warnings, []);
  });

  test("reads oddities with a warning", () => {
    const table: [text: string, warning: RegExp][] = [
      ["Name: a\nVersion: 1\n", /no `Metadata-Version`/],
      [`${head}Name: other\n`, /`Name` occurs twice/],
      [`${head}Provides-Extra: no name!\n`, /`Provides-Extra: no name!` is not a name/],
      [`${head}this is no header\nRequires-Dist: lost\n`, /line 4 is not a header/],
    ];
    for (const [text, warning] of table) assert.match(parseMetadata(text).warnings.join("\n"), warning);
  });

  test("finds the description of metadata before 2.1 in its field", () => {
    assert.equal(parseMetadata(`${head}Description: one\n        |two\n`).description(), "one\n        |two");
  });

  test("reads an empty `Requires-Python` as any version", () => {
    assert.equal(parseMetadata(`${head}Requires-Python: \n`).requiresPython, undefined);
  });

  const broken: [text: string, message: RegExp][] = [
    ["", /there is no `Name`/],
    ["Metadata-Version: 2.1\nName: a\n", /there is no `Version`/],
    ["Metadata-Version: 3.0\nName: a\nVersion: 1\n", /newer than Posy/],
    ["Metadata-Version: x\nName: a\nVersion: 1\n", /`Metadata-Version: x` is not a version/],
    ["Metadata-Version: 2.1\nName: -\nVersion: 1\n", /`Name: -` can't be read/],
    ["Metadata-Version: 2.1\nName: a\nVersion: one\n", /`Version: one` can't be read/],
    [`${head}Requires-Dist: a b\n`, /`Requires-Dist: a b` of `foo-bar 1\.0` can't be read/],
    [`${head}Requires-Python: three\n`, /`Requires-Python: three` of `foo-bar 1\.0` can't be read/],
  ];
  for (const [text, message] of broken) {
    test(`refuses ${JSON.stringify(text)}`, () => assert.match(refused(text).message, message));
  }

  test("escapes control characters in the message", () => {
    assert.match(refused(`${head}Requires-Dist: a \u001b[31m\n`).message, /\\u\{1b\}\[31m/);
  });

  test("does not read a description of 50 MB", () => {
    const text = `${head}\n${"x: y\n".repeat(10_000_000)}`;
    // The CPU time of this process, so that other programs on the machine do not count.
    const before = process.cpuUsage();
    parseMetadata(text);
    assert.ok(process.cpuUsage(before).user < 1_000_000);
  });

  test("reads hostile headers in linear time", () => {
    const started = computingTime();
    parseMetadata(`${head}X: ${" ".repeat(1_000_000)}y\n${" z\n".repeat(300_000)}`);
    parseMetadata(`${head}${"X: y\n".repeat(200_000)}`);
    refused(`${head}Requires-Dist: ${"a ".repeat(200_000)}\n`);
    assert.ok(computingTime() - started < 3000);
  });
});
