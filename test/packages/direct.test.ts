import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, test } from "node:test";
import { startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { failure, name, newDatabase, newFolder, onlyWheel } from "./support/new-database.ts";

const wheel = makeWheel({ name: "foo", version: "1.0+local" });

describe("a requirement's URL or path", () => {
  test("is not fetched yet if it has a hash", async () => {
    await using index = await startIndex({ files: [wheel] });
    const { db } = newDatabase([]);
    const url = index.fileUrl(wheel.filename);
    const artifact = await db.direct(`${url}#sha256=${wheel.sha256}`, name("foo"));
    assert.deepEqual(
      [artifact.url, artifact.hashes, artifact.kind],
      [url, { sha256: wheel.sha256 }, "wheel"],
    );
    assert.deepEqual([artifact.filename, artifact.version.text], [wheel.filename, "1.0+local"]);
    assert.equal(index.requests.length, 0);
  });

  test("is fetched without a hash, so that it can be pinned, and a new database fetches it again", async () => {
    await using index = await startIndex({ files: [wheel] });
    const { db, folder } = newDatabase([]);
    const artifact = await db.direct(index.fileUrl(wheel.filename));
    assert.deepEqual(artifact.hashes, { sha256: wheel.sha256 });
    assert.equal(artifact.size, wheel.bytes.length);
    assert.equal(artifact.index, undefined);
    await db.metadata(artifact as never);
    await db.fetch(artifact);
    assert.equal(index.requests.length, 1);
    const offline = newDatabase([], { offline: true }, { folder }).db;
    assert.deepEqual((await offline.direct(index.fileUrl(wheel.filename))).hashes, artifact.hashes);
  });

  test("has its credentials used and removed", async () => {
    await using index = await startIndex({ files: [wheel], auth: { username: "me", password: "s3cret" } });
    const { db } = newDatabase([]);
    const url = index.fileUrl(wheel.filename).replace("://", "://me:s3cret@");
    const artifact = await db.direct(url);
    assert.equal(artifact.url, index.fileUrl(wheel.filename));
    await db.fetch(artifact);
  });

  test("may name a local file by path, relative path or `file:` URL", async () => {
    const folder = newFolder();
    const path = join(folder, wheel.filename);
    await writeFile(path, wheel.bytes);
    const { db } = newDatabase([]);
    for (const location of [
      path,
      relative(process.cwd(), path),
      pathToFileURL(path).href,
      `${path}#sha256=${wheel.sha256}`,
    ]) {
      const artifact = await db.direct(location, name("foo"));
      assert.deepEqual([artifact.url, artifact.hashes["sha256"]], [pathToFileURL(path).href, wheel.sha256]);
      assert.equal((await db.fetch(artifact)).path, path);
    }
    await assert.rejects(db.direct(`${path}#sha256=${"0".repeat(64)}`), failure("hash-mismatch"));
  });

  test("may name a source distribution", async () => {
    const path = join(newFolder(), "foo-1.0.tar.gz");
    await writeFile(path, "x");
    const { db } = newDatabase([]);
    assert.equal((await db.direct(path)).kind, "sdist");
  });

  const folder = newFolder();
  const refused: [string, string, Parameters<typeof failure>][] = [
    [
      "is rejected if it names another project's file",
      "https://files.example/bar-1.0-py3-none-any.whl#sha256=" + "0".repeat(64),
      ["invalid-requirement", /is `bar`, not `foo`/],
    ],
    ["is rejected for git", "git+https://git.example/foo.git", ["invalid-url", /git/]],
    ["is rejected for an unknown scheme", "ftp://files.example/foo-1.0.tar.gz", ["invalid-url"]],
    ["is rejected without a file name", "https://files.example/", ["invalid-url"]],
    ["is rejected for a malformed wheel name", "https://files.example/foo.whl", ["invalid-filename"]],
    ["is rejected if the file does not exist", join(folder, "foo-1.0.tar.gz"), ["not-found"]],
    ["is rejected for a folder", folder, ["invalid-url", /is a folder/]],
  ];
  for (const [title, url, expected] of refused) {
    test(title, async () => {
      await assert.rejects(newDatabase([]).db.direct(url, name("foo")), failure(...expected));
    });
  }
});

test("notices with `refresh` that a file without a hash was replaced on the index", async () => {
  const one = { ...makeWheel({ name: "foo", files: { "foo.py": "1" } }), hashes: {} };
  const other = makeWheel({ name: "foo", files: { "foo.py": "2" } });
  await using index = await startIndex({ files: [one], formats: ["html"] });
  const { db, folder } = newDatabase([index.url]);
  assert.equal((await db.fetch(await onlyWheel(db, "foo"))).sha256, one.sha256);
  index.script(`/files/${one.filename}`, { body: other.bytes });
  const again = newDatabase([index.url], { refresh: true }, { folder }).db;
  assert.equal((await again.fetch(await onlyWheel(again, "foo"))).sha256, other.sha256);
});

describe("pybis", () => {
  const metadata = "Metadata-Version: 2.2\nName: cpython\nVersion: 3.13.5\n";
  const pybi = makeWheel({
    name: "cpython",
    filename: "cpython-3.13.5-manylinux_2_17_x86_64.pybi",
    files: { "pybi-info/METADATA": metadata, "pybi-info/PYBI": "Pybi-Version: 1.0\n" },
  });
  const others = [
    "cpython-3.12.0-macosx_11_0_arm64.pybi",
    "cpython-3.12.0.tar.gz",
    "cpython-odd.pybi",
    "pypy-7.3-win32.pybi",
  ];

  for (const where of ["index", "folder"] as const) {
    test(`are listed from ${where === "index" ? "an index" : "a folder"}`, async () => {
      const files = others.map((filename) => ({ filename, bytes: new Uint8Array([1]), project: "cpython" }));
      await using index = await startIndex({ files: [pybi, ...files] });
      const folder = newFolder();
      await mkdir(join(folder, "deeper"));
      for (const { filename, bytes } of [pybi, ...files]) await writeFile(join(folder, filename), bytes);
      const { db } = newDatabase([]);
      const found = await db.pybis(where === "index" ? index.url : folder, name("cpython"));
      assert.deepEqual(found.map((one) => one.filename).sort(), [others[0], pybi.filename]);
      const [wanted] = found.filter((one) => one.filename === pybi.filename);
      assert.ok(wanted);
      assert.deepEqual(wanted.pybi.platformTags, ["manylinux_2_17_x86_64"]);
      assert.deepEqual(await db.pybiMetadata(wanted), { metadata, pybi: "Pybi-Version: 1.0\n" });
      assert.equal((await db.fetch(wanted)).sha256, pybi.sha256);
    });
  }

  test("are read from the cache without the network", async () => {
    await using index = await startIndex({ files: [pybi] });
    const { db, folder } = newDatabase([index.url]);
    const [found] = await db.pybis(index.url, name("cpython"));
    assert.ok(found);
    await db.fetch(found);
    const offline = newDatabase([index.url], { offline: true }, { folder }).db;
    assert.equal((await offline.pybiMetadata(found)).metadata, metadata);
  });

  test("are fetched whole if the server has no ranges, and rejected without `pybi-info`", async () => {
    const empty = makeWheel({ name: "cpython", filename: "cpython-3.12.0-win_amd64.pybi" });
    await using index = await startIndex({ files: [pybi, empty], ranges: false });
    const { db } = newDatabase([]);
    const found = await db.pybis(index.url, name("cpython"));
    const of = (filename: string) => found.find((one) => one.filename === filename) ?? assert.fail(filename);
    assert.equal((await db.pybiMetadata(of(pybi.filename))).metadata, metadata);
    await assert.rejects(
      db.pybiMetadata(of(empty.filename)),
      failure("invalid-pybi", /has no `pybi-info\/METADATA`/),
    );
  });
});
