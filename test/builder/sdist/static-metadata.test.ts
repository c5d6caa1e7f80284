import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { staticMetadata } from "../../../src/builder/sdist/read-static-metadata.ts";

const place = mkdtempSync(join(tmpdir(), "posy-static-"));
after(() => rm(place, { recursive: true, force: true }));

const trusted = "Metadata-Version: 2.2\nName: foo\nVersion: 1.0\nRequires-Dist: from-pkg-info\n";
const old = "Metadata-Version: 1.0\nName: foo\nVersion: 1.0\n";
const whole = '[project]\nname = "foo"\nversion = "1.0"\ndependencies = ["from-pyproject"]\n';
const noVersion = '[project]\nname = "foo"\ndynamic = ["version"]\ndependencies = ["from-pyproject"]\n';

const cases: readonly {
  title: string;
  pkgInfo?: string;
  pyproject?: string;
  origin?: "sdist" | "tree";
  says?: string;
}[] = [
  { title: "PKG-INFO goes before pyproject.toml", pkgInfo: trusted, pyproject: whole, says: "from-pkg-info" },
  { title: "PKG-INFO alone", pkgInfo: trusted, says: "from-pkg-info" },
  { title: "an old PKG-INFO: pyproject.toml", pkgInfo: old, pyproject: whole, says: "from-pyproject" },
  { title: "the version of an old PKG-INFO", pkgInfo: old, pyproject: noVersion, says: "from-pyproject" },
  { title: "no PKG-INFO", pyproject: whole, says: "from-pyproject" },
  {
    title: "in a folder that people work in",
    pkgInfo: trusted,
    pyproject: whole,
    origin: "tree",
    says: "from-pyproject",
  },
  { title: "a left-over PKG-INFO", pkgInfo: trusted, origin: "tree" },
  { title: "a version that nobody tells", pyproject: noVersion },
  { title: "an old PKG-INFO alone", pkgInfo: old },
  { title: "a pyproject.toml that is none", pkgInfo: old, pyproject: "[project" },
  { title: "nothing at all" },
];
for (const [index, { title, pkgInfo, pyproject, origin, says }] of cases.entries()) {
  test(title, async () => {
    const root = mkdtempSync(join(place, `${index}-`));
    if (pkgInfo !== undefined) await writeFile(join(root, "PKG-INFO"), pkgInfo);
    if (pyproject !== undefined) await writeFile(join(root, "pyproject.toml"), pyproject);
    const metadata = await staticMetadata(root, origin);
    assert.deepEqual(
      metadata?.requiresDist.map(({ name }) => name as string),
      says === undefined ? undefined : [says],
    );
    if (metadata) assert.equal(metadata.version.text, "1.0");
  });
}
