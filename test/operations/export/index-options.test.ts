import assert from "node:assert/strict";
import { test } from "node:test";
import { indexOptionLines } from "../../../src/operations/export/index-options.ts";
import { parsePylock } from "../../../src/lockfile/to-blueprint/parse-pylock.ts";
import { defaultIndexUrl } from "../../../src/packages/default-index-url.ts";
import { type IndexSettings, plainIndexSettings } from "../../../src/packages/index-settings.ts";

const publicUrl = await defaultIndexUrl();
const corp = "https://corp.example/simple/";
const other = "https://other.example/simple";
const hashes = `hashes = {sha256 = "${"ab".repeat(32)}"}`;

/** Returns the lines for a lock with one package from each index; `undefined` is a package of `--find-links`. */
async function lines(
  indexes: readonly (string | undefined)[],
  settings: Partial<IndexSettings> = {},
  always = false,
) {
  const packages = indexes.map(
    (index, position) =>
      `[[packages]]\nname = "p${position}"\nversion = "1.0"\n${index === undefined ? "" : `index = "${index}"\n`}` +
      `wheels = [{path = "links/p${position}-1.0-py3-none-any.whl", ${hashes}}]\n`,
  );
  const lock = await parsePylock(`lock-version = "1.0"\ncreated-by = "other"\n${packages.join("")}`, "l");
  const index = { ...plainIndexSettings, ...settings };
  return indexOptionLines(lock, { index, folder: "/project", always });
}

test("indexOptionLines writes nothing if all packages come from the public index", async () => {
  assert.deepEqual(await lines([publicUrl]), []);
  assert.deepEqual(await lines([publicUrl.replace(/\/$/, "")], { indexes: [{ url: publicUrl }] }), []);
  assert.deepEqual(await lines([publicUrl], { indexes: [{ url: corp }, { url: publicUrl }] }), []);
});

test("indexOptionLines writes the public index with `--emit-index-url`", async () => {
  assert.deepEqual(await lines([publicUrl], {}, true), [`--index-url ${publicUrl}`]);
});

test("indexOptionLines writes each other index that a package comes from once", async () => {
  const explicit = { indexes: [{ url: publicUrl }, { url: corp, name: "corp", explicit: true }] };
  assert.deepEqual(await lines([publicUrl, corp, corp, other], explicit), [
    `--extra-index-url ${corp}`,
    `--extra-index-url ${other}`,
  ]);
});

test("indexOptionLines writes `--index-url` for an index that replaces the public one", async () => {
  const replaced = { indexes: [{ url: other }, { url: corp }] };
  assert.deepEqual(await lines([corp, other], replaced), [
    `--index-url ${corp}`,
    `--extra-index-url ${other}`,
  ]);
});

test("indexOptionLines writes no password", async () => {
  assert.deepEqual(await lines(["https://me:secret@corp.example/simple/"]), [`--extra-index-url ${corp}`]);
});

test("indexOptionLines writes `--find-links` only for packages without an index", async () => {
  const findLinks = ["/project/my links", "/project/links", "https://links.example/"];
  assert.deepEqual(await lines([undefined], { findLinks }), [
    '--find-links "my links"',
    "--find-links links",
    "--find-links https://links.example/",
  ]);
  assert.deepEqual(await lines([publicUrl], { findLinks }), []);
});
