import assert from "node:assert/strict";
import { test } from "node:test";
import { filesByProject, pageAmong } from "../../../src/packages/index/folder-listing.ts";
import type { PageFile } from "../../../src/packages/simple-index/index-page.ts";
import { parsePackageName } from "../../../src/vocab/requirement/name.ts";

const file = (filename: string): PageFile => ({
  filename,
  url: `file:///${filename}`,
  hashes: {},
  yanked: false,
});

test("a folder listing gives each project its files, even if their names are spelled differently", () => {
  const files = filesByProject(
    [
      "Foo_Bar-1.0-py3-none-any.whl",
      "foo.bar-2.0.tar.gz",
      "foo-bar-3.0.zip",
      "foo-1.0.tar.gz",
      "foobar-1.0-py3-none-any.whl",
      "notes.txt",
    ].map(file),
  );
  const versions = (name: string) =>
    pageAmong(files, parsePackageName(name))?.releases.map(({ version }) => version.text);
  assert.deepEqual(versions("foo-bar"), ["3.0", "2.0", "1.0"]);
  assert.deepEqual(versions("foo"), ["1.0"]);
  assert.deepEqual(versions("foobar"), ["1.0"]);
  assert.equal(versions("bar"), undefined);
});

test("a folder listing parses each file name once, even if many projects are looked up", () => {
  let looks = 0;
  const many = Array.from({ length: 500 }, (_, at): PageFile => {
    const plain = file(`p${at}-1.0-py3-none-any.whl`);
    return Object.defineProperty({ ...plain }, "filename", {
      get: () => {
        looks += 1;
        return plain.filename;
      },
    });
  });
  const files = filesByProject(many);
  for (let at = 0; at < 500; at++) assert.ok(pageAmong(files, parsePackageName(`p${at}`)));
  assert.ok(looks <= 10 * 500, `${looks} looks`);
});
