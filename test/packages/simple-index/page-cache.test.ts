import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import * as fc from "fast-check";
import type { PageFile } from "../../../src/packages/simple-index/index-page.ts";
import { listPage } from "../../../src/packages/simple-index/listed-page.ts";
import { outlineOf } from "../../../src/packages/simple-index/outline.ts";
import { readPage, writePage } from "../../../src/packages/simple-index/page-cache.ts";
import {
  addPiece,
  contentsEntry,
  piecesOfEntry,
  versionOfEntry,
} from "../../../src/packages/simple-index/offsets-index.ts";
import { fingerprint } from "../../../src/system/fs/fingerprint.ts";
import { parsePackageName } from "../../../src/vocab/requirement/name.ts";

const folder = await mkdtemp(join(tmpdir(), "posy-page-cache-"));
after(() => rm(folder, { recursive: true }));

const url = "https://index.example/simple/foo/";
const foo = parsePackageName("foo");
const digest = "ef".repeat(32);
const file = (filename: string, more: Partial<PageFile> = {}): PageFile => ({
  filename,
  url: `https://files.example/${encodeURIComponent(filename)}`,
  hashes: { sha256: digest },
  yanked: false,
  ...more,
});
const about = { alternateLocations: [], tracks: ["https://other.example/foo/"], version: "1.1" };

const files = [
  file("foo-1.0-py3-none-any.whl"),
  file("foo-1.0.tar.gz", { hashes: { md5: "0".repeat(32), sha256: digest }, yanked: "a reason" }),
  file("foo-2.0+local-py3-none-any.whl", { url: "https://files.example/blob/17", coreMetadata: true }),
  file("foo-1.0.0.zip", {
    size: 5,
    uploadTime: "2024-01-01T00:00:00Z",
    requiresPython: ">=3",
    coreMetadata: { sha256: digest },
  }),
  file("foo-3.0-any.pybi"),
  file("foo-1.0.exe"),
  file("bar-1.0-py3-none-any.whl"),
  file("foo-one-py3-none-any.whl"),
  file("foo-bar-1.0.tar.gz"),
];

test("sorts a page by version and counts files of other projects", () => {
  const page = listPage(outlineOf({ files, ...about }), foo);
  assert.deepEqual(
    page.releases.map((release) => [release.version.text, release.files().map((one) => one.filename)]),
    [
      ["2.0+local", ["foo-2.0+local-py3-none-any.whl"]],
      ["1.0", ["foo-1.0-py3-none-any.whl", "foo-1.0.tar.gz", "foo-1.0.0.zip"]],
    ],
  );
  assert.deepEqual(
    page.others.files().map((one) => one.filename),
    ["foo-3.0-any.pybi"],
  );
  assert.deepEqual(page.setAside, {
    "files that are neither wheels nor source distributions": 1,
    "files of another project": 1,
    "wheels with a malformed name": 1,
    "source distributions with a malformed name": 1,
  });
});

test("reads a cached page back unchanged", async () => {
  const path = join(folder, "xx", "kept.page");
  const page = listPage(outlineOf({ files, ...about }), foo);
  await writePage(path, url, { found: true, confirmed: 5, freshUntil: 17, policy: { v: 1 }, page });
  const read = readPage(path, url);
  assert.deepEqual(
    { ...read, page: undefined },
    {
      found: true,
      confirmed: 5,
      freshUntil: 17,
      policy: { v: 1 },
      fingerprint: fingerprint(path),
      page: undefined,
    },
  );
  assert.deepEqual(
    read?.page.releases.map((release) => release.files()),
    page.releases.map((release) => release.files()),
  );
  assert.deepEqual(read?.page.others.files(), page.others.files());
  assert.deepEqual(read?.page.about, about);
  assert.deepEqual(read?.page.setAside, page.setAside);
});

test("ignores a damaged cache file", async () => {
  const path = join(folder, "damaged.page");
  const page = listPage(outlineOf({ files, ...about }), foo);
  await writePage(path, url, { found: true, confirmed: 5, freshUntil: 17, policy: {}, page });
  const whole = await readFile(path, "utf8");
  assert.notEqual(readPage(path, url), undefined);
  assert.equal(readPage(path, `${url}other`), undefined);
  for (let length = 0; length < whole.length; length += 97) {
    await writeFile(path, whole.slice(0, length));
    assert.equal(readPage(path, url), undefined, `cut at ${length}`);
  }
  await writeFile(path, whole.replace("posy page 4", "posy page 0"));
  assert.equal(readPage(path, url), undefined);
});

test("reads text that is not ASCII, and pages longer than the first read", async () => {
  const path = join(folder, "large.page");
  const many = Array.from({ length: 400 }, (_, index) =>
    file(`foo-${index}-py3-none-any.whl`, { yanked: index % 3 === 0 ? "zurückgezogen – 撤回" : false }),
  );
  const page = listPage(outlineOf({ files: many, ...about }), foo);
  await writePage(path, url, { found: true, confirmed: 5, freshUntil: 17, policy: {}, page });
  const read = readPage(path, url);
  assert.equal(read?.page.releases.length, 400);
  // Reads from the last to the first, each separately.
  for (const index of [399, 0, 200, 30, 31]) {
    assert.deepEqual(read?.page.releases[index]?.files(), page.releases[index]?.files(), `${index}`);
  }
  assert.deepEqual(read?.page.others.files(), []);
});

test("reads a version from the newer page if the page is replaced while it is in use", async () => {
  const path = join(folder, "replaced.page");
  const write = async (files: readonly PageFile[]) => {
    const page = listPage(outlineOf({ files, ...about }), foo);
    await writePage(path, url, { found: true, confirmed: 5, freshUntil: 17, policy: {}, page });
  };
  const many = Array.from({ length: 200 }, (_, index) => file(`foo-${index}-py3-none-any.whl`));
  await write(many);
  const read = readPage(path, url);
  const changed = file("foo-195-py3-none-any.whl", { yanked: "since a moment" });
  await write([...many.filter((file) => !/^foo-19[45]-/.test(file.filename)), changed]);
  const releases = new Map(read?.page.releases.map((release) => [release.version.text, release]));
  assert.deepEqual(releases.get("195")?.files(), [changed]);
  assert.deepEqual(releases.get("194")?.files(), []);
  assert.deepEqual(releases.get("193")?.files(), [many[193]]);
  await rm(path);
  assert.throws(() => releases.get("192")?.files(), /removed in the meantime/);
});

test("writes a page again with another head, but not over a newer page", async () => {
  const path = join(folder, "renewed.page");
  const many = Array.from({ length: 200 }, (_, index) => file(`foo-${index}-py3-none-any.whl`));
  const page = listPage(outlineOf({ files: many, ...about }), foo);
  await writePage(path, url, { found: true, confirmed: 5, freshUntil: 17, policy: {}, page });
  const read = readPage(path, url);
  assert.ok(read);
  assert.equal(await writePage(path, url, { ...read, freshUntil: 18 }), true);
  const renewed = readPage(path, url);
  assert.equal(renewed?.freshUntil, 18);
  assert.deepEqual(
    renewed?.page.releases.map((release) => release.files()),
    page.releases.map((release) => release.files()),
  );
  assert.equal(await writePage(path, url, { ...read, freshUntil: 19 }), false);
  assert.equal(readPage(path, url)?.freshUntil, 18);
});

test("lists the pieces of a version's text in an entry of the contents", () => {
  const piece = fc.tuple(fc.nat(2 ** 28), fc.integer({ min: 1, max: 2 ** 28 }));
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 5 }),
      fc.constantFrom("", "1.0", "1!2.0rc1+a.1"),
      (all, version) => {
        const pieces = all.flatMap(([from, length]) => [from, from + length]);
        const entry = contentsEntry(version, pieces);
        assert.equal(versionOfEntry(entry), version);
        assert.deepEqual(piecesOfEntry(entry), pieces);
        assert.ok(!entry.includes(" "), entry);
      },
    ),
  );
  const pieces: number[] = [];
  addPiece(pieces, 3, 5);
  addPiece(pieces, 5, 9);
  addPiece(pieces, 10, 11);
  assert.deepEqual(pieces, [3, 9, 10, 11]);
});
