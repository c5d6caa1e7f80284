import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { type IndexOptions, type Reply, startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { failure, largeWheel, newDatabase, newFolder, onlyWheel, wheelsOf } from "./support/new-database.ts";

const wheel = largeWheel("foo");
const path = `/files/${wheel.filename}`;
const text = "Metadata-Version: 2.1\nName: foo\nVersion: 1.0\nRequires-Dist: bar>=2\n\nlong description";
const described = { ...wheel, metadata: text };

/** The ways to read metadata, with the number of requests. */
const ways: readonly {
  title: string;
  options?: IndexOptions;
  file?: Reply;
  beside?: Reply | "ok";
  /** The number of requests for the wheel. */
  requests: number;
}[] = [
  { title: "reads the `.metadata` file", options: { files: [described] }, requests: 0 },
  {
    title: "reads the wheel's tail if the `.metadata` file is missing",
    options: { files: [described] },
    beside: { status: 404 },
    requests: 1,
  },
  { title: "reads the wheel's tail", requests: 1 },
  {
    title: "fetches the whole wheel if the server has no ranges",
    options: { files: [wheel], ranges: false },
    requests: 2,
  },
  { title: "fetches the whole wheel if a range gets status 405", file: { status: 405 }, requests: 2 },
  { title: "fetches the whole wheel if every range gets status 416", file: { status: 416 }, requests: 2 },
  {
    title: "fetches the whole wheel if Content-Range is wrong",
    file: { headers: { "content-range": `bytes 0-99/${wheel.bytes.length}` } },
    requests: 2,
  },
  {
    title: "fetches the whole wheel if Content-Range is malformed",
    file: { headers: { "content-range": "bytes */*" } },
    requests: 2,
  },
  {
    title: "fetches the whole wheel if the range has wrong bytes",
    file: {
      status: 206,
      headers: { "content-range": `bytes 0-${wheel.bytes.length - 1}/${wheel.bytes.length}` },
      body: Buffer.alloc(wheel.bytes.length),
    },
    requests: 2,
  },
  {
    title: "fetches the whole wheel if the range is longer than requested and would fill the memory",
    file: {
      status: 206,
      headers: { "content-range": `bytes 0-${wheel.bytes.length - 1}/${wheel.bytes.length}` },
      body: wheel.bytes,
    },
    requests: 2,
  },
];

for (const way of ways) {
  test(way.title, async () => {
    await using index = await startIndex(way.options ?? { files: [wheel] });
    if (way.beside !== undefined) index.script(`${path}.metadata`, way.beside);
    if (way.file) index.script(path, way.file);
    const { db, reporter, folder } = newDatabase([index.url]);
    const found = await onlyWheel(db, "foo");
    const metadata = await db.metadata(found);
    assert.deepEqual(
      metadata.requiresDist.map((requirement) => requirement.text),
      ["bar>=2"],
    );
    assert.equal(index.count(path), way.requests);
    assert.deepEqual(reporter.warnings(), []);

    // A second call, and another database over the same home, make no further request.
    const before = index.requests.length;
    await db.metadata(found);
    await db.close();
    const again = await newDatabase([index.url], {}, { folder }).db.metadata(found);
    assert.equal(again.requiresDist.length, 1);
    assert.equal(index.requests.length, before);
  });
}

describe("the wheels of a release for several platforms", () => {
  const tags = ["manylinux_2_17_x86_64", "win_amd64", "macosx_11_0_arm64"];
  const wheels = tags.map((tag) => makeWheel({ name: "foo", tags: `py3-none-${tag}` }));
  const other = text.replace("bar>=2", "bar>=3");

  async function readAll(files: NonNullable<IndexOptions["files"]>, missing?: string) {
    await using index = await startIndex({ files });
    if (missing !== undefined) index.script(`/files/${missing}.metadata`, { status: 404 });
    const { db } = newDatabase([index.url]);
    const artifacts = await wheelsOf(db, "foo");
    const found = await Promise.all(artifacts.map((artifact) => db.metadata(artifact)));
    const asked = index.requests.filter(({ path: asked }) => asked.endsWith(".metadata"));
    return { found, asked: asked.length, files: index.count("/files/*") - asked.length };
  }

  test("share metadata that they all announce with the same hash", async () => {
    const { found, asked, files } = await readAll(wheels.map((each) => ({ ...each, metadata: text })));
    assert.deepEqual([asked, files], [1, 0]);
    assert.equal(new Set(found).size, 1);
  });

  test("have separate metadata if they announce different hashes", async () => {
    const { found, asked } = await readAll(
      wheels.map((each, sandbox) => ({ ...each, metadata: sandbox === 1 ? other : text })),
    );
    assert.equal(asked, 2);
    assert.deepEqual(
      found.map(({ requirementTexts }) => requirementTexts.join()),
      ["bar>=2", "bar>=3", "bar>=2"],
    );
  });

  test("do not depend on the missing `.metadata` file of another wheel", async () => {
    const { found, asked, files } = await readAll(
      wheels.map((each) => ({ ...each, metadata: text })),
      wheels[0]?.filename,
    );
    assert.deepEqual([asked, files], [2, 1]);
    assert.deepEqual(
      found.map(({ requirementTexts }) => requirementTexts.length),
      [0, 1, 1],
    );
  });
});

test("uses ranges with a start if the server answers a suffix range with the whole file", async () => {
  await using index = await startIndex({ files: [wheel] });
  index.script(path, { status: 200, body: wheel.bytes, headers: { "accept-ranges": "bytes" } });
  const { db } = newDatabase([index.url]);
  await db.metadata(await onlyWheel(db, "foo"));
  const asked = index.requests
    .filter((request) => request.path === path)
    .map((request) => request.headers.range);
  const size = wheel.bytes.length;
  assert.deepEqual(asked, ["bytes=-98304", `bytes=${size - 98304}-${size - 1}`]);
});

test("asks a host without ranges for a range only once", async () => {
  const files = [wheel, largeWheel("bar"), largeWheel("baz")];
  await using index = await startIndex({ files, ranges: false });
  const { db } = newDatabase([index.url]);
  for (const project of ["foo", "bar", "baz"]) {
    const artifact = await onlyWheel(db, project);
    await db.metadata(artifact);
    // The whole file is cached, so it is not fetched again.
    await db.fetch(artifact);
  }
  assert.equal(index.requests.filter((request) => request.headers.range !== undefined).length, 1);
  assert.equal(index.count("/files/*"), 4);
});

test("caches a wheel that is smaller than the tail", async () => {
  const small = makeWheel({ name: "foo" });
  await using index = await startIndex({ files: [small] });
  const { db } = newDatabase([index.url]);
  const artifact = await onlyWheel(db, "foo");
  await db.metadata(artifact);
  assert.equal((await db.fetch(artifact)).sha256, small.sha256);
  assert.equal(index.count("/files/*"), 1);
});

test("rejects the metadata of a small wheel with a wrong hash", async () => {
  const small = { ...makeWheel({ name: "foo" }), hashes: { sha256: "0".repeat(64) } };
  await using index = await startIndex({ files: [small] });
  const { db } = newDatabase([index.url]);
  await assert.rejects(db.metadata(await onlyWheel(db, "foo")), failure("hash-mismatch"));
});

test("rejects a `.metadata` file with a wrong hash", async () => {
  await using index = await startIndex({ files: [described] });
  index.script(`${path}.metadata`, { body: text.replace("bar>=2", "evil"), status: 200 });
  const { db } = newDatabase([index.url]);
  await assert.rejects(
    db.metadata(await onlyWheel(db, "foo")),
    failure("hash-mismatch", /foo-1\.0-py3-none-any\.whl\.metadata` has the sha256/),
  );
});

test("rejects a `.metadata` file whose hash is malformed", async () => {
  await using index = await startIndex({ files: [wheel] });
  const link = `<a href="${path}" data-core-metadata="sha256=12">${wheel.filename}</a>`;
  index.always("/simple/foo/", { headers: { "content-type": "text/html" }, body: link });
  const { db } = newDatabase([index.url]);
  await assert.rejects(
    db.metadata(await onlyWheel(db, "foo")),
    failure("invalid-hash", /foo-1\.0-py3-none-any\.whl\.metadata/),
  );
});

test("rejects a wheel in a tree of pages whose hash differs from its page", async () => {
  const folder = newFolder();
  await mkdir(join(folder, "foo"));
  await writeFile(join(folder, "foo", wheel.filename), wheel.bytes.subarray(0, 5000));
  const link = `<a href="${wheel.filename}#sha256=${wheel.sha256}">${wheel.filename}</a>`;
  await writeFile(join(folder, "foo", "index.html"), link);
  const { db } = newDatabase([folder]);
  await assert.rejects(db.metadata(await onlyWheel(db, "foo")), failure("hash-mismatch"));
});

describe("the METADATA of a wheel", () => {
  const cases: [string, ReturnType<typeof makeWheel>, Parameters<typeof failure>][] = [
    [
      "is rejected if it is for another project",
      makeWheel({ name: "foo", rawMetadata: "Metadata-Version: 2.1\nName: bar\nVersion: 1.0\n" }),
      ["invalid-metadata", /`foo-1.0-py3-none-any.whl` is that of `bar 1.0`/],
    ],
    [
      "is rejected if it is for another version",
      makeWheel({ name: "foo", rawMetadata: "Metadata-Version: 2.1\nName: foo\nVersion: 1.1\n" }),
      ["invalid-metadata", /is that of `foo 1.1`/],
    ],
    [
      "is rejected if it is in another folder",
      makeWheel({ name: "foo", distInfo: "bar-1.0.dist-info" }),
      ["invalid-wheel", /has no `METADATA`/],
    ],
    [
      "is rejected if there are two",
      makeWheel({ name: "foo", extra: [{ path: "foo-1.1.dist-info/METADATA", data: "" }] }),
      ["invalid-wheel", /has more than one `METADATA`/],
    ],
    [
      "is rejected if the wheel is not a zip",
      { filename: "foo-1.0-py3-none-any.whl", bytes: Buffer.from("hello"), sha256: "" },
      ["invalid-archive", /foo-1.0-py3-none-any.whl/],
    ],
  ];
  for (const [title, { filename, bytes }, expected] of cases) {
    test(title, async () => {
      await using index = await startIndex({ files: [{ filename, bytes }] });
      const { db } = newDatabase([index.url]);
      const artifact = await onlyWheel(db, "foo");
      await assert.rejects(db.metadata(artifact), failure(...expected));
    });
  }

  for (const distInfo of [
    "f.oo-1.0.dist-info",
    "F-oo-1.0.0.dist-info",
    "f_oo.dist-info",
    "f_oo-9.dist-info",
  ]) {
    test(`is found in \`${distInfo}\``, async () => {
      await using index = await startIndex({ files: [makeWheel({ name: "f-oo", distInfo })] });
      const { db } = newDatabase([index.url]);
      assert.equal((await db.metadata(await onlyWheel(db, "f-oo"))).version.text, "1.0");
    });
  }

  test("may spell an equal version differently", async () => {
    const odd = makeWheel({
      name: "foo",
      version: "1.0",
      rawMetadata: "Metadata-Version: 2.1\nName: Foo\nVersion: 1\n",
    });
    await using index = await startIndex({ files: [odd] });
    const { db } = newDatabase([index.url]);
    assert.equal((await db.metadata(await onlyWheel(db, "foo"))).name, "foo");
  });
});
