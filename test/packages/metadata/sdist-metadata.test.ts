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

/** Random bytes, which cannot be compressed. */
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

/**
 * The ways to read metadata, each with the number of requests for the file. `says` is absent if the source
 * must be built.
 */
const ways: readonly {
  title: string;
  recipe: SdistRecipe;
  options?: Omit<IndexOptions, "files">;
  metadata?: string;
  file?: Reply;
  requests: number;
  says?: string;
  /** Whether the whole file was downloaded, so that a later `fetch` makes no request. */
  kept?: boolean;
}[] = [
  {
    title: "reads PKG-INFO from the head",
    recipe: { ...trusted, files: large },
    requests: 1,
    says: "from-pkg-info",
  },
  {
    title: "caches a small file that the head contains",
    recipe: trusted,
    requests: 1,
    says: "from-pkg-info",
    kept: true,
  },
  { title: "caches a small file that must be built", recipe: old, requests: 1, kept: true },
  {
    title: "fetches the whole file if PKG-INFO is at its end",
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
    title: "reads pyproject.toml from the head, with the version from the file name",
    recipe: { ...old, pkgInfo: false, files: { "pyproject.toml": pyproject, ...large } },
    requests: 1,
    says: "from-pyproject",
  },
  {
    title: "fetches the whole file if PKG-INFO is old and pyproject.toml is at the end",
    recipe: { ...old, files: { ...last, "pyproject.toml": pyproject } },
    requests: 2,
    says: "from-pyproject",
    kept: true,
  },
  {
    title: "stops after the head if it has both files and neither is enough",
    recipe: { ...old, files: { "pyproject.toml": "[build-system]\nrequires = []", ...large } },
    requests: 1,
  },
  {
    title: "fetches the whole file if it has neither PKG-INFO nor pyproject.toml",
    recipe: { ...old, pkgInfo: false, files: large },
    requests: 2,
    kept: true,
  },
  {
    title: "ignores the PKG-INFO of another project in a subfolder",
    recipe: { ...old, files: { "vendor/PKG-INFO": "Metadata-Version: 2.2\nName: foo\nVersion: 1.0\n" } },
    requests: 1,
    kept: true,
  },
  {
    title: "reads PKG-INFO of a zip from its tail",
    recipe: { ...trusted, extension: ".zip", files: large },
    requests: 2,
    says: "from-pkg-info",
  },
  {
    title: "reads from the tail that a zip must be built",
    recipe: { ...old, extension: ".zip", files: large },
    requests: 2,
  },
  {
    title: "reads the `.metadata` file",
    recipe: { ...old, files: large },
    metadata: "Metadata-Version: 2.2\nName: foo\nVersion: 1.0\nRequires-Dist: from-beside\n",
    requests: 0,
    says: "from-beside",
  },
  {
    title: "reads the head if the `.metadata` file is not enough",
    recipe: { ...trusted, files: large },
    metadata: "Metadata-Version: 2.1\nName: foo\nVersion: 1.0\n",
    requests: 1,
    says: "from-pkg-info",
  },
  {
    title: "reads the start of the whole file if the server has no ranges",
    recipe: { ...trusted, files: large },
    options: { ranges: false },
    requests: 1,
    says: "from-pkg-info",
  },
  {
    title: "fetches the whole file if a range gets status 405",
    recipe: { ...trusted, files: large },
    file: { status: 405 },
    requests: 2,
    says: "from-pkg-info",
    kept: true,
  },
  {
    title: "fetches the whole file if the server sends another range",
    recipe: { ...trusted, files: large },
    file: { status: 206, headers: { "content-range": "bytes 100-199/9999" }, body: noise(1) },
    requests: 2,
    says: "from-pkg-info",
    kept: true,
  },
  {
    title: "fetches the whole file if the range has wrong bytes",
    recipe: { ...trusted, files: large },
    file: { status: 206, headers: { "content-range": "bytes 0-1023/9999" }, body: noise(1) },
    requests: 2,
    says: "from-pkg-info",
    kept: true,
  },
];

describe("sdist metadata", () => {
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

      // A second call, and another database over the same home, make no further request.
      const before = index.requests.length;
      await db.sdistMetadata(found);
      const again = await newDatabase([index.url], {}, { folder }).db.sdistMetadata(found);
      assert.equal(again?.requiresDist.length, said?.requiresDist.length);
      assert.equal(index.requests.length, before);
      await db.fetch(found);
      assert.equal(index.count(path), way.requests + (way.kept ? 0 : 1));
    });
  }

  test("does not take a head that ends between two members for the whole archive", async () => {
    // This length makes the head end exactly where a member ends.
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

  test("reads a local file", async () => {
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

describe("rejects an sdist that", () => {
  const cases: readonly [string, { filename: string; bytes: Buffer }, Parameters<typeof failure>][] = [
    [
      "has the metadata of another project",
      { ...makeSdist({ name: "bar" }), filename: "foo-1.0.tar.gz" },
      ["invalid-metadata", /`foo-1.0.tar.gz` is that of `bar 1.0`/],
    ],
    [
      "has the metadata of another version",
      { ...makeSdist({ name: "foo", version: "1.1" }), filename: "foo-1.0.tar.gz" },
      ["invalid-metadata", /is that of `foo 1.1`/],
    ],
    [
      "is not a tar archive",
      { filename: "foo-1.0.tar.gz", bytes: noise(100) },
      ["invalid-archive", /foo-1.0.tar.gz/],
    ],
    ["is not a zip", { filename: "foo-1.0.zip", bytes: noise(1) }, ["invalid-archive", /foo-1.0.zip/]],
  ];
  for (const [title, file, expected] of cases) {
    test(title, async () => {
      await using index = await startIndex({ files: [{ filename: file.filename, bytes: file.bytes }] });
      const { db } = newDatabase([index.url]);
      const artifact = await onlySdist(db, "foo");
      await assert.rejects(db.sdistMetadata(artifact), failure(...expected));
    });
  }

  test("is small and has a wrong hash", async () => {
    const { filename, bytes } = makeSdist(trusted);
    await using index = await startIndex({
      files: [{ filename, bytes, hashes: { sha256: "0".repeat(64) } }],
    });
    const { db } = newDatabase([index.url]);
    await assert.rejects(db.sdistMetadata(await onlySdist(db, "foo")), failure("hash-mismatch"));
  });

  test("is listed but does not exist", async () => {
    const sdist = makeSdist(trusted);
    await using index = await startIndex({ files: [sdist] });
    index.script(`/files/${sdist.filename}`, { status: 404 });
    const { db } = newDatabase([index.url]);
    await assert.rejects(db.sdistMetadata(await onlySdist(db, "foo")), failure("http-status"));
  });
});
