import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { writeFile } from "node:fs/promises";
import { describe, test } from "node:test";
import type { SdistArtifact } from "../../../src/model/artifact.ts";
import type { PackageDB } from "../../../src/packages/package-db.ts";
import { type IndexOptions, type Reply, startIndex } from "../../support/index-server.ts";
import { makeSdist, type SdistRecipe } from "../../support/make-sdist.ts";
import { failure, name, newDatabase, newFolder } from "../support/new-database.ts";

async function onlySdist(db: PackageDB, project: string): Promise<SdistArtifact> {
  const { releases } = await db.project(name(project));
  const found = releases.flatMap(({ artifacts }) => artifacts).find((one) => one.kind === "sdist");
  if (found === undefined) throw new Error(`there is no sdist of ${project}`);
  return found;
}

/** What can't be compressed. */
const noise = (kilobytes: number, seed = "noise") =>
  Buffer.concat(
    Array.from({ length: kilobytes * 32 }, (_, index) =>
      createHash("sha256").update(`${seed}${index}`).digest(),
    ),
  );

const trusted: SdistRecipe = { name: "foo", requires: ["from-pkg-info"] };
const old: SdistRecipe = { name: "foo", pkgInfo: "Metadata-Version: 1.0\nName: foo\nVersion: 1.0\n" };
const pyproject = '[project]\nname = "foo"\ndynamic = ["version"]\ndependencies = ["from-pyproject"]\n';
const large = { "data.bin": noise(300) };
const last = { "setup.py": "", ...large };

/** How metadata is got, and what it takes: requests for the file; `says` nothing where it must be built. */
const ways: readonly {
  title: string;
  recipe: SdistRecipe;
  options?: Omit<IndexOptions, "files">;
  metadata?: string;
  file?: Reply;
  requests: number;
  says?: string;
  /** The file was downloaded on the way: a later `fetch` asks for nothing. */
  kept?: boolean;
}[] = [
  { title: "PKG-INFO in the head", recipe: { ...trusted, files: large }, requests: 1, says: "from-pkg-info" },
  { title: "a small one comes whole", recipe: trusted, requests: 1, says: "from-pkg-info", kept: true },
  { title: "a small one that must be built", recipe: old, requests: 1, kept: true },
  {
    title: "PKG-INFO at the end of a large one: the whole",
    recipe: {
      ...old,
      pkgInfo: false,
      files: {
        ...last,
        "PKG-INFO": "Metadata-Version: 2.2\nName: foo\nVersion: 1.0\nRequires-Dist: from-pkg-info\n",
      },
    },
    requests: 2,
    says: "from-pkg-info",
    kept: true,
  },
  {
    title: "pyproject.toml in the head, its version from the file's name",
    recipe: { ...old, pkgInfo: false, files: { "pyproject.toml": pyproject, ...large } },
    requests: 1,
    says: "from-pyproject",
  },
  {
    title: "an old PKG-INFO, and pyproject.toml at the end",
    recipe: { ...old, files: { ...last, "pyproject.toml": pyproject } },
    requests: 2,
    says: "from-pyproject",
    kept: true,
  },
  {
    title: "both in the head, and neither enough",
    recipe: { ...old, files: { "pyproject.toml": "[build-system]\nrequires = []", ...large } },
    requests: 1,
  },
  { title: "neither anywhere", recipe: { ...old, pkgInfo: false, files: large }, requests: 2, kept: true },
  {
    title: "a PKG-INFO of somebody else further down",
    recipe: { ...old, files: { "vendor/PKG-INFO": "Metadata-Version: 2.2\nName: foo\nVersion: 1.0\n" } },
    requests: 1,
    kept: true,
  },
  {
    title: "the tail of a zip, and its PKG-INFO",
    recipe: { ...trusted, extension: ".zip", files: large },
    requests: 2,
    says: "from-pkg-info",
  },
  { title: "a zip that must be built", recipe: { ...old, extension: ".zip", files: large }, requests: 2 },
  {
    title: "the `.metadata` file",
    recipe: { ...old, files: large },
    metadata: "Metadata-Version: 2.2\nName: foo\nVersion: 1.0\nRequires-Dist: from-beside\n",
    requests: 0,
    says: "from-beside",
  },
  {
    title: "a `.metadata` file that says too little: the head",
    recipe: { ...trusted, files: large },
    metadata: "Metadata-Version: 2.1\nName: foo\nVersion: 1.0\n",
    requests: 1,
    says: "from-pkg-info",
  },
  {
    title: "no ranges: the beginning of the whole",
    recipe: { ...trusted, files: large },
    options: { ranges: false },
    requests: 1,
    says: "from-pkg-info",
  },
  {
    title: "405 for a range",
    recipe: { ...trusted, files: large },
    file: { status: 405 },
    requests: 2,
    says: "from-pkg-info",
    kept: true,
  },
  {
    title: "another range than was asked for",
    recipe: { ...trusted, files: large },
    file: { status: 206, headers: { "content-range": "bytes 100-199/9999" }, body: noise(1) },
    requests: 2,
    says: "from-pkg-info",
    kept: true,
  },
  {
    title: "206 with other bytes",
    recipe: { ...trusted, files: large },
    file: { status: 206, headers: { "content-range": "bytes 0-1023/9999" }, body: noise(1) },
    requests: 2,
    says: "from-pkg-info",
    kept: true,
  },
];

describe("sdist metadata, the cheapest way", () => {
  for (const way of ways) {
    test(way.title, async () => {
      const sdist = makeSdist(way.recipe);
      const metadata = way.metadata === undefined ? {} : { metadata: way.metadata };
      await using index = await startIndex({ ...way.options, files: [{ ...sdist, ...metadata }] });
      const path = `/files/${sdist.filename}`;
      if (way.file) index.script(path, way.file);
      const { db, reporter, folder } = newDatabase([index.url]);
      const found = await onlySdist(db, "foo");
      const said = await db.sdistMetadata(found);
      assert.deepEqual(
        said?.requiresDist.map((requirement) => requirement.text),
        way.says === undefined ? undefined : [way.says],
      );
      assert.equal(index.count(path), way.requests);
      assert.deepEqual(reporter.warnings(), []);

      // Once more, by the same database and by another over the same home: nothing is asked again.
      const before = index.requests.length;
      await db.sdistMetadata(found);
      const again = await newDatabase([index.url], {}, { folder }).db.sdistMetadata(found);
      assert.equal(again?.requiresDist.length, said?.requiresDist.length);
      assert.equal(index.requests.length, before);
      await db.fetch(found);
      assert.equal(index.count(path), way.requests + (way.kept ? 0 : 1));
    });
  }

  test("where the head ends, between two members, the archive does not end", async () => {
    // Found by length: the head is then cut where a member ends.
    for (let kilobytes = 90; kilobytes < 100; kilobytes++) {
      const sdist = makeSdist({
        name: "foo",
        pkgInfo: false,
        files: { a: noise(kilobytes), b: noise(10), c: noise(40), "pyproject.toml": pyproject },
      });
      await using index = await startIndex({ files: [sdist] });
      const { db } = newDatabase([index.url]);
      const said = await db.sdistMetadata(await onlySdist(db, "foo"));
      assert.equal(said?.requiresDist.length, 1, `${kilobytes}`);
    }
  });

  test("a file on this disk", async () => {
    const folder = newFolder();
    for (const extension of [".tar.gz", ".zip"] as const) {
      const { filename, bytes } = makeSdist({
        ...trusted,
        extension,
        version: extension === ".zip" ? "2.0" : "1.0",
      });
      await writeFile(join(folder, filename), bytes);
    }
    const { db } = newDatabase([], { noIndex: true, findLinks: [folder] });
    const { releases } = await db.project(name("foo"));
    const artifacts = releases.flatMap((release) => release.artifacts).filter((one) => one.kind === "sdist");
    assert.equal(artifacts.length, 2);
    for (const artifact of artifacts) {
      assert.equal((await db.sdistMetadata(artifact))?.version.text, artifact.version.text);
    }
  });
});

describe("sdist metadata that is wrong", () => {
  const cases: readonly [string, { filename: string; bytes: Buffer }, Parameters<typeof failure>][] = [
    [
      "of another project",
      { ...makeSdist({ name: "bar" }), filename: "foo-1.0.tar.gz" },
      ["invalid-metadata", /`foo-1.0.tar.gz` is that of `bar 1.0`/],
    ],
    [
      "of another version",
      { ...makeSdist({ name: "foo", version: "1.1" }), filename: "foo-1.0.tar.gz" },
      ["invalid-metadata", /is that of `foo 1.1`/],
    ],
    [
      "not a tar archive",
      { filename: "foo-1.0.tar.gz", bytes: noise(100) },
      ["invalid-archive", /foo-1.0.tar.gz/],
    ],
    ["not a zip", { filename: "foo-1.0.zip", bytes: noise(1) }, ["invalid-archive", /foo-1.0.zip/]],
  ];
  for (const [title, file, expected] of cases) {
    test(title, async () => {
      await using index = await startIndex({ files: [{ filename: file.filename, bytes: file.bytes }] });
      const { db } = newDatabase([index.url]);
      const artifact = await onlySdist(db, "foo");
      await assert.rejects(db.sdistMetadata(artifact), failure(...expected));
    });
  }

  test("a small one with a wrong hash", async () => {
    const { filename, bytes } = makeSdist(trusted);
    await using index = await startIndex({
      files: [{ filename, bytes, hashes: { sha256: "0".repeat(64) } }],
    });
    const { db } = newDatabase([index.url]);
    await assert.rejects(db.sdistMetadata(await onlySdist(db, "foo")), failure("hash-mismatch"));
  });

  test("a file that is gone", async () => {
    const sdist = makeSdist(trusted);
    await using index = await startIndex({ files: [sdist] });
    index.script(`/files/${sdist.filename}`, { status: 404 });
    const { db } = newDatabase([index.url]);
    await assert.rejects(db.sdistMetadata(await onlySdist(db, "foo")), failure("http-status"));
  });
});
