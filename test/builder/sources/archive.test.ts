import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { sha256Of } from "../../../src/system/fs/sha256.ts";
import { failure, newDatabase } from "../../packages/support/new-database.ts";
import { startIndex } from "../../support/index-server.ts";
import { writeTar } from "../../support/tar-writer.ts";
import { filesIn, newSourcePlace } from "./a-place.ts";

const tarOf = (root: string, text = "x") =>
  gzipSync(
    writeTar([
      { path: `${root}/pyproject.toml`, data: text },
      { path: `${root}/core/pyproject.toml`, data: text },
      { path: `${root}/out`, target: "core" },
    ]),
  );
const archive = tarOf("repository-main");
const digest = sha256Of(archive);

describe("an archive of sources", () => {
  // A forge's addresses say nothing of what comes, or not even its format.
  for (const path of [
    "/owner/repository/archive/refs/heads/main.tar.gz",
    "/repos/owner/repository/tarball/main",
  ]) {
    test(`at ${path}`, async () => {
      using place = newSourcePlace();
      await using index = await startIndex();
      index.always(path, { status: 200, body: archive });
      const url = `${index.origin}${path}`;
      const { db } = newDatabase([]);
      const pinned = await place.pin(url, { db });
      assert.deepEqual(pinned.origin, { kind: "archive", url, hashes: { sha256: digest } });
      assert.equal(pinned.url, `${url}#sha256=${digest}`);
      assert.equal(pinned.identity, digest);
      assert.deepEqual(filesIn(await place.layOut(pinned.url, { db })), ["core", "out", "pyproject.toml"]);
      assert.equal(index.count(path), 1);
    });
  }

  test("a part of it is another source", async () => {
    using place = newSourcePlace();
    const file = join(place.root, "project-1.0.tar.gz");
    writeFileSync(file, archive);
    const url = pathToFileURL(file).href;
    const { db } = newDatabase([]);
    const pinned = await place.pin(`${url}#subdirectory=core`, { db });
    assert.notEqual(pinned.identity, digest);
    assert.equal(pinned.url, `${url}#sha256=${digest}&subdirectory=core`);
    assert.deepEqual(filesIn(await place.layOut(pinned.url, { db })), ["pyproject.toml"]);
    await assert.rejects(
      place.layOut(`${url}#subdirectory=none`, { db }),
      failure("not-found", /no folder `none`/),
    );
  });

  test("what moves is fetched again by the next run, but for a hash, and not offline", async () => {
    using place = newSourcePlace();
    await using index = await startIndex();
    const path = "/archive/main.tar.gz";
    const url = `${index.origin}${path}`;
    index.always(path, { status: 200, body: archive });
    const { db, folder } = newDatabase([]);
    assert.equal((await place.pin(url, { db })).identity, digest);
    index.always(path, { status: 200, body: tarOf("repository-main", "moved") });
    const offline = newDatabase([], { offline: true }, { folder });
    assert.equal((await place.pin(url, { db: offline.db })).identity, digest);
    assert.equal(
      (await place.pin(`${url}#sha256=${digest}`, newDatabase([], {}, { folder }))).identity,
      digest,
    );
    const other = (await place.pin(url, newDatabase([], {}, { folder }))).identity;
    assert.notEqual(other, digest);
    await assert.rejects(
      place.pin(`${url}#sha256=${"ab".repeat(32)}`, newDatabase([], {}, { folder })),
      failure("hash-mismatch"),
    );
  });

  test("a login in its address is used, and kept nowhere", async () => {
    using place = newSourcePlace();
    const auth = { username: "me", password: "s3cret" };
    await using index = await startIndex({ auth });
    const path = "/archive/main.tar.gz";
    index.always(path, { body: archive, status: 200 });
    const { db } = newDatabase([]);
    const pinned = await place.pin(`${index.origin.replace("://", "://me:s3cret@")}${path}`, { db });
    assert.ok(!JSON.stringify(pinned).includes("s3cret"));
  });

  test("what is no archive is refused", async () => {
    using place = newSourcePlace();
    await using index = await startIndex();
    const path = "/archive/main.zip";
    index.always(path, { status: 200, body: "nothing of the kind" });
    const { db } = newDatabase([]);
    await assert.rejects(place.layOut(`${index.origin}${path}`, { db }), failure("invalid-archive"));
  });
});
