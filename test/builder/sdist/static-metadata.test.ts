import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, test } from "node:test";
import { staticMetadata } from "../../../src/builder/sdist/read-static-metadata.ts";

const sandbox = mkdtempSync(join(tmpdir(), "posy-static-"));
after(() => rm(sandbox, { recursive: true, force: true }));

const trusted = "Metadata-Version: 2.2\nName: foo\nVersion: 1.0\nRequires-Dist: from-pkg-info\n";
const old = "Metadata-Version: 1.0\nName: foo\nVersion: 1.0\n";
const whole = '[project]\nname = "foo"\nversion = "1.0"\ndependencies = ["from-pyproject"]\n';
const noVersion = '[project]\nname = "foo"\ndynamic = ["version"]\ndependencies = ["from-pyproject"]\n';

const cases: readonly {
  title: string;
  pkgInfo?: string;
  pyproject?: string;
  origin?: "sdist" | "tree";
  name?: string;
}[] = [
  { title: "prefers PKG-INFO to pyproject.toml", pkgInfo: trusted, pyproject: whole, name: "from-pkg-info" },
  { title: "reads PKG-INFO without a pyproject.toml", pkgInfo: trusted, name: "from-pkg-info" },
  {
    title: "prefers pyproject.toml to an old PKG-INFO",
    pkgInfo: old,
    pyproject: whole,
    name: "from-pyproject",
  },
  {
    title: "takes the version from an old PKG-INFO",
    pkgInfo: old,
    pyproject: noVersion,
    name: "from-pyproject",
  },
  { title: "reads pyproject.toml without a PKG-INFO", pyproject: whole, name: "from-pyproject" },
  {
    title: "ignores PKG-INFO in a folder that people work in",
    pkgInfo: trusted,
    pyproject: whole,
    origin: "tree",
    name: "from-pyproject",
  },
  { title: "returns nothing for a stale PKG-INFO", pkgInfo: trusted, origin: "tree" },
  { title: "returns nothing without a version", pyproject: noVersion },
  { title: "returns nothing for an old PKG-INFO alone", pkgInfo: old },
  { title: "returns nothing for a malformed pyproject.toml", pkgInfo: old, pyproject: "[project" },
  { title: "returns nothing for an empty folder" },
];
test("staticMetadata replaces `${PROJECT_ROOT}` by the folder of the project", async () => {
  const root = mkdtempSync(join(sandbox, "pdm-"));
  const dependency = "lib @ file:///${PROJECT_ROOT}/../lib";
  await writeFile(join(root, "pyproject.toml"), whole.replace("from-pyproject", dependency));
  const [lib] = (await staticMetadata(root, "tree"))?.requiresDist ?? [];
  assert.equal(lib?.url, pathToFileURL(join(sandbox, "lib")).href);
});

for (const [index, { title, pkgInfo, pyproject, origin, name: expectedName }] of cases.entries()) {
  test(title, async () => {
    const root = mkdtempSync(join(sandbox, `${index}-`));
    if (pkgInfo !== undefined) await writeFile(join(root, "PKG-INFO"), pkgInfo);
    if (pyproject !== undefined) await writeFile(join(root, "pyproject.toml"), pyproject);
    const metadata = await staticMetadata(root, origin);
    assert.deepEqual(
      metadata?.requiresDist.map(({ name }) => name as string),
      expectedName === undefined ? undefined : [expectedName],
    );
    if (metadata) assert.equal(metadata.version.text, "1.0");
  });
}
