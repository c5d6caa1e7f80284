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
import { filesIn, newSourceFixture } from "./source-fixture.ts";

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
  // URLs of forges have no file name, or no extension.
  for (const path of [
    "/owner/repository/archive/refs/heads/main.tar.gz",
    "/repos/owner/repository/tarball/main",
  ]) {
    test(`is recognized at ${path}`, async () => {
      using fixture = newSourceFixture();
      await using index = await startIndex();
      index.always(path, { status: 200, body: archive });
      const url = `${index.origin}${path}`;
      const { db } = newDatabase([]);
      const pinned = await fixture.pin(url, { db });
      assert.deepEqual(pinned.origin, { kind: "archive", url, hashes: { sha256: digest } });
      assert.equal(pinned.url, `${url}#sha256=${digest}`);
      assert.equal(pinned.identity, digest);
      assert.deepEqual(filesIn(await fixture.extract(pinned.url, { db })), ["core", "out", "pyproject.toml"]);
      assert.equal(index.count(path), 1);
    });
  }

  test("has another identity with a subdirectory", async () => {
    using fixture = newSourceFixture();
    const file = join(fixture.root, "project-1.0.tar.gz");
    writeFileSync(file, archive);
    const url = pathToFileURL(file).href;
    const { db } = newDatabase([]);
    const pinned = await fixture.pin(`${url}#subdirectory=core`, { db });
    assert.notEqual(pinned.identity, digest);
    assert.equal(pinned.url, `${url}#sha256=${digest}&subdirectory=core`);
    assert.deepEqual(filesIn(await fixture.extract(pinned.url, { db })), ["pyproject.toml"]);
    await assert.rejects(
      fixture.extract(`${url}#subdirectory=none`, { db }),
      failure("not-found", /no folder `none`/),
    );
  });

  test("is fetched again by the next run, unless it has a hash or the network is off", async () => {
    using fixture = newSourceFixture();
    await using index = await startIndex();
    const path = "/archive/main.tar.gz";
    const url = `${index.origin}${path}`;
    index.always(path, { status: 200, body: archive });
    const { db, folder } = newDatabase([]);
    assert.equal((await fixture.pin(url, { db })).identity, digest);
    index.always(path, { status: 200, body: tarOf("repository-main", "moved") });
    const offline = newDatabase([], { offline: true }, { folder });
    assert.equal((await fixture.pin(url, { db: offline.db })).identity, digest);
    assert.equal(
      (await fixture.pin(`${url}#sha256=${digest}`, newDatabase([], {}, { folder }))).identity,
      digest,
    );
    const other = (await fixture.pin(url, newDatabase([], {}, { folder }))).identity;
    assert.notEqual(other, digest);
    await assert.rejects(
      fixture.pin(`${url}#sha256=${"ab".repeat(32)}`, newDatabase([], {}, { folder })),
      failure("hash-mismatch"),
    );
  });

  test("uses credentials in its URL and stores them nowhere", async () => {
    using fixture = newSourceFixture();
    const auth = { username: "me", password: "s3cret" };
    await using index = await startIndex({ auth });
    const path = "/archive/main.tar.gz";
    index.always(path, { body: archive, status: 200 });
    const { db } = newDatabase([]);
    const pinned = await fixture.pin(`${index.origin.replace("://", "://me:s3cret@")}${path}`, { db });
    assert.ok(!JSON.stringify(pinned).includes("s3cret"));
  });

  test("is refused if it has no known format", async () => {
    using fixture = newSourceFixture();
    await using index = await startIndex();
    const path = "/archive/main.zip";
    index.always(path, { status: 200, body: "nothing of the kind" });
    const { db } = newDatabase([]);
    await assert.rejects(fixture.extract(`${index.origin}${path}`, { db }), failure("invalid-archive"));
  });
});
