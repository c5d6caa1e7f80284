import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, stat, truncate, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { describe, test } from "node:test";
import { downloadFile } from "../../src/packages/artifacts/download-file.ts";
import { openHttpClient } from "../../src/system/http/http-client.ts";
import type { IndexFile, Reply } from "../support/index-server.ts";
import { partPath } from "../../src/system/fs/temporary/part-file.ts";
import { startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { recordingReporter } from "../support/recording-reporter.ts";
import { failure, largeWheel, newDatabase, newFolder, onlyWheel } from "./support/new-database.ts";

const wheel = largeWheel("foo");
const path = `/files/${wheel.filename}`;

test("verifies a file, caches it by its hash, and does not fetch it again", async () => {
  await using index = await startIndex({ files: [wheel] });
  const { db, home, folder, reporter } = newDatabase([index.url]);
  const artifact = await onlyWheel(db, "foo");
  const [local] = await Promise.all([db.fetch(artifact), db.fetch(artifact)]);
  assert.deepEqual(local, {
    path: join(home.artifacts, wheel.sha256),
    sha256: wheel.sha256,
    size: wheel.bytes.length,
  });
  assert.ok((await readFile(local.path)).equals(wheel.bytes));
  const progress = reporter.events.filter((event) => event.kind === "progress");
  assert.deepEqual(progress.at(-1), {
    kind: "progress",
    stage: "fetch",
    id: wheel.filename,
    done: wheel.bytes.length,
    total: wheel.bytes.length,
    finished: true,
  });
  await newDatabase([index.url], {}, { folder }).db.fetch(artifact);
  assert.equal(index.count(path), 1);
  assert.deepEqual(await readdir(home.cacheTmp), []);
});

describe("a file whose content is in the store", () => {
  const isKeptAfter = async (options: {
    readonly keepArchives?: boolean;
    readonly withoutHash?: boolean;
    readonly fetches?: boolean;
  }): Promise<boolean> => {
    const { keepArchives, withoutHash = false, fetches = true } = options;
    await using index = await startIndex({ files: [wheel] });
    const { db, folder, home } = newDatabase([index.url], {}, keepArchives ? { keepArchives } : {});
    const artifact = await onlyWheel(db, "foo");
    const local = await db.fetch(withoutHash ? { ...artifact, hashes: {} } : artifact);
    const discarding = fetches ? db : newDatabase([index.url], {}, { folder }).db;
    if (fetches) await db.fetch(artifact);
    await discarding.discard(artifact);
    assert.equal(local.path, join(home.artifacts, wheel.sha256));
    return existsSync(local.path);
  };

  test("is removed from the cache, and fetched again when it is needed", async () => {
    assert.equal(await isKeptAfter({}), false);
    await using index = await startIndex({ files: [wheel] });
    const { db } = newDatabase([index.url]);
    const artifact = await onlyWheel(db, "foo");
    await db.fetch(artifact);
    await db.discard(artifact);
    assert.ok(existsSync((await db.fetch(artifact)).path));
    assert.equal(index.count(path), 2);
  });

  for (const [title, options] of [
    ["archives are kept", { keepArchives: true }],
    ["its hash was computed, because the index claims none", { withoutHash: true }],
    ["another Posy fetched it", { fetches: false }],
  ] as const) {
    test(`stays if ${title}`, async () => assert.equal(await isKeptAfter(options), true));
  }
});

describe("fetches a cached file again that was", () => {
  const damages: [string, (path: string) => Promise<void>][] = [
    ["truncated", (path) => truncate(path, 1000)],
    ["emptied", (path) => truncate(path, 0)],
    ["changed", (path) => writeFile(path, Buffer.alloc(wheel.bytes.length))],
  ];
  for (const [title, damage] of damages) {
    test(title, async () => {
      await using index = await startIndex({ files: [wheel], formats: ["html"] });
      const { db, folder } = newDatabase([index.url]);
      const artifact = await onlyWheel(db, "foo");
      await damage((await db.fetch(artifact)).path);
      const again = await newDatabase([index.url], {}, { folder }).db.fetch(artifact);
      assert.ok((await readFile(again.path)).equals(wheel.bytes));
      assert.equal(index.count(path), 2);
    });
  }
});

/** A response with the bytes from `start` on, no matter which range was requested. */
function anotherPart(start: number): Reply {
  const length = wheel.bytes.length;
  const headers = { "content-range": `bytes ${start}-${length - 1}/${length}` };
  return { status: 206, headers, body: wheel.bytes.subarray(start) };
}

describe("completes a transfer that fails at first with", () => {
  const cases: {
    title: string;
    replies: Reply[];
    etag?: boolean;
    ranges: (string | undefined)[];
    hashes?: Readonly<Record<string, string>>;
    /** Only the hash says whether the parts belong together. */
    isUnconditional?: true;
  }[] = [
    {
      title: "status 500, then 503",
      replies: [{ status: 500 }, { status: 503 }],
      ranges: [undefined, undefined, undefined],
    },
    {
      title: "a cut connection and an ETag, by resuming at the end of the first part",
      replies: [{ cutAfter: 100_000 }],
      ranges: [undefined, "on"],
    },
    {
      title: "two cut connections and an ETag",
      replies: [{ cutAfter: 100_000 }, { cutAfter: 50_000 }],
      ranges: [undefined, "on", "on"],
    },
    {
      title: "a connection that is cut before the first byte, by starting again",
      replies: [{ cutAfter: 0 }],
      ranges: [undefined, undefined],
    },
    {
      title: "a connection that is cut after one byte, by resuming there",
      replies: [{ cutAfter: 1 }],
      ranges: [undefined, "on"],
    },
    {
      title: "a cut connection, no ETag and no SHA-256, by starting again",
      replies: [{ cutAfter: 100_000 }],
      etag: false,
      hashes: {},
      ranges: [undefined, undefined],
    },
    {
      title: "a cut connection, a weak ETag and no SHA-256, by starting again",
      replies: [{ cutAfter: 100_000, headers: { etag: 'W/"weak"' } }],
      hashes: {},
      ranges: [undefined, undefined],
    },
    {
      title: "a cut connection and no ETag, by resuming, because the SHA-256 is known",
      replies: [{ cutAfter: 100_000 }],
      etag: false,
      ranges: [undefined, "on"],
      isUnconditional: true,
    },
    {
      title: "a cut connection and a weak ETag, by resuming, because the SHA-256 is known",
      replies: [{ cutAfter: 100_000, headers: { etag: 'W/"weak"' } }],
      ranges: [undefined, "on"],
      isUnconditional: true,
    },
    {
      title: "a cut connection and a part of another file, by starting again when the hash is wrong",
      replies: [{ cutAfter: 100_000, headers: { etag: 'W/"weak"' }, body: Buffer.alloc(wheel.bytes.length) }],
      ranges: [undefined, "on", undefined],
      isUnconditional: true,
    },
    {
      title: "a cut connection, after which the server refuses the range with status 416",
      replies: [{ cutAfter: 100_000 }, { status: 416, body: "" }],
      ranges: [undefined, "on", undefined],
    },
    {
      title: "a cut connection, after which the server refuses the condition with status 412",
      replies: [{ cutAfter: 100_000 }, { status: 412, body: "" }],
      ranges: [undefined, "on", undefined],
    },
    {
      title: "a cut connection, after which the server sends another part of the file",
      replies: [{ cutAfter: 100_000 }, anotherPart(50_000)],
      ranges: [undefined, "on", undefined],
    },
    {
      title: "a cut connection, after which the server sends a part of another file",
      replies: [{ cutAfter: 100_000 }, { headers: { etag: '"another"' } }],
      ranges: [undefined, "on", undefined],
    },
    {
      title: "a refused range, and then another cut connection, by starting again without a range",
      replies: [{ cutAfter: 100_000 }, { status: 416, body: "" }, { cutAfter: 100_000 }],
      ranges: [undefined, "on", undefined, undefined],
    },
    {
      title: "a cut connection, after which the server ignores the range",
      replies: [{ cutAfter: 100_000 }, { ranges: false }],
      ranges: [undefined, "on"],
    },
  ];
  for (const { title, replies, etag, ranges, hashes, isUnconditional = false } of cases) {
    test(title, async () => {
      const file = hashes === undefined ? wheel : { ...wheel, hashes };
      await using index = await startIndex({ files: [file], ...(etag === undefined ? {} : { etag }) });
      index.script(path, ...replies);
      const { db } = newDatabase([index.url]);
      const local = await db.fetch(await onlyWheel(db, "foo"));
      assert.equal(local.sha256, wheel.sha256);
      assert.ok((await readFile(local.path)).equals(wheel.bytes));
      const asked = index.requests.filter((request) => request.path === path);
      assert.deepEqual(
        asked.map(({ headers }) => headers.range && /^bytes=[1-9]\d*-$/.test(headers.range) && "on"),
        ranges,
      );
      // Another file under the same URL is not appended to the first part.
      const ofServer = `"${createHash("md5").update(wheel.bytes).digest("hex")}"`;
      for (const { headers } of asked)
        assert.equal(headers["if-range"], isUnconditional ? undefined : headers.range && ofServer);
    });
  }
});

describe("gives a transfer up because of", () => {
  const cases: {
    title: string;
    file?: Partial<IndexFile>;
    reply?: Reply;
    expected: Parameters<typeof failure>;
  }[] = [
    {
      title: "a wrong hash",
      file: { hashes: { sha256: "1".repeat(64) } },
      expected: ["hash-mismatch", /sha256 `[0-9a-f]{64}`, but `1{64}`/],
    },
    {
      title: "a correct SHA-256 and a wrong MD5",
      file: { hashes: { sha256: wheel.sha256, md5: "1".repeat(32) } },
      expected: ["hash-mismatch", /md5/],
    },
    { title: "fewer bytes than claimed", file: { size: 1 << 20 }, expected: ["size-mismatch"] },
    { title: "more bytes than claimed", file: { size: 1000 }, expected: ["size-mismatch"] },
    {
      title: "a part of the file that was not requested",
      reply: anotherPart(0),
      expected: ["http-status", /206/],
    },
    { title: "status 404", reply: { status: 404 }, expected: ["http-status", /404/] },
    { title: "status 410", reply: { status: 410 }, expected: ["http-status", /410/] },
    { title: "status 403", reply: { status: 403 }, expected: ["authentication", /403/] },
    { title: "status 500", reply: { status: 500 }, expected: ["http-status", /500/] },
    {
      title: "a web page instead of the file",
      reply: { status: 200, body: "<h1>Log in</h1>", headers: { "content-type": "text/html" } },
      expected: ["http-status", /web page in place of `foo-1.0/],
    },
    { title: "a connection that is always cut", reply: { cutAfter: 5 }, expected: ["network", /foo-1.0/] },
    { title: "a connection that is always reset", reply: { reset: true }, expected: ["network", /foo-1.0/] },
  ];
  for (const { title, file, reply, expected } of cases) {
    test(title, async () => {
      await using index = await startIndex({ files: [{ ...wheel, ...file }] });
      if (reply) index.always(path, reply);
      const { db, home } = newDatabase([index.url], { retries: 1 });
      const artifact = await onlyWheel(db, "foo");
      await assert.rejects(db.fetch(artifact), failure(...expected));
      // No file is left behind that could be mistaken for the artifact.
      assert.deepEqual(await readdir(home.cacheTmp), []);
      await assert.rejects(readdir(home.artifacts), { code: "ENOENT" });
    });
  }
});

test("checks the hashes of every algorithm", async () => {
  const { bytes } = wheel;
  const digest = (algorithm: string) => createHash(algorithm).update(bytes).digest("hex");
  const hashes = {
    md5: digest("md5"),
    sha384: digest("sha384"),
    blake2b: digest("blake2b512"),
    whirlpool: "00",
  };
  await using index = await startIndex({ files: [{ ...wheel, hashes }] });
  const { db, folder } = newDatabase([index.url]);
  const artifact = await onlyWheel(db, "foo");
  assert.deepEqual(Object.keys(artifact.hashes), ["md5", "sha384", "blake2b"]);
  assert.equal((await db.fetch(artifact)).sha256, wheel.sha256);
  // The request has no SHA-256, but the cache finds the file by its URL.
  await newDatabase([index.url], {}, { folder }).db.fetch(artifact);
  assert.equal(index.count(path), 1);
  const lie = { ...artifact, hashes: { ...artifact.hashes, blake2b: "0".repeat(128) } };
  await assert.rejects(
    db.fetch(lie).then(() => db.fetch({ ...lie, url: `${lie.url}?` })),
    failure("hash-mismatch"),
  );
});

test("downloads a file of which only the URL and the hash are known", async () => {
  await using index = await startIndex({ files: [wheel] });
  const { db } = newDatabase([index.url]);
  const download = {
    url: index.fileUrl(wheel.filename),
    filename: "x.jar",
    hashes: { sha256: wheel.sha256 },
  };
  assert.equal((await db.fetch(download)).size, wheel.bytes.length);
});

test("reports a cache that cannot be written", async () => {
  await using index = await startIndex({ files: [wheel] });
  const folder = newFolder();
  const { db, reporter } = newDatabase([index.url], {}, { folder });
  await writeFile(join(folder, "cache"), "a file where the folder should be");
  const artifact = await onlyWheel(db, "foo");
  assert.match(reporter.warnings().join(), /index page could not be kept/);
  await assert.rejects(db.fetch(artifact), failure("filesystem"));
});

test("gives up a download that does not end, and leaves nothing behind", async () => {
  await using index = await startIndex({ files: [{ filename: "x.bin", bytes: Buffer.alloc(100_000) }] });
  const tmp = newFolder();
  const reporter = recordingReporter();
  const http = openHttpClient({ environment: {}, reporter, offline: false });
  const request = { url: index.fileUrl("x.bin"), filename: "x.bin", hashes: {}, largest: 50_000 };
  await assert.rejects(downloadFile(request, { http, reporter, tmp }), /`x.bin` has more than 50000 bytes/);
  assert.deepEqual(await readdir(tmp), []);
});

describe("a download that an earlier process began", () => {
  const large = makeWheel({ name: "foo", files: { "foo/data.bin": randomBytes(3_000_000) } });
  const half = 1_500_000;
  const start = async (hashes = { sha256: large.sha256 }) => {
    const index = await startIndex({ files: [large] });
    const tmp = newFolder();
    const context = {
      http: openHttpClient({ environment: {}, reporter, offline: false, retries: 0 }),
      reporter,
      tmp,
    };
    const request = { url: index.fileUrl(large.filename), filename: large.filename, hashes };
    const asked = () => index.requests.map(({ headers }) => headers.range);
    return {
      index,
      tmp,
      asked,
      request,
      download: (size?: number) => downloadFile({ ...request, ...(size && { size }) }, context),
    };
  };
  const reporter = recordingReporter();
  const part = (tmp: string) => join(tmp, `${large.sha256}.part`);
  const isWhole = async (path: string) => assert.ok((await readFile(path)).equals(large.bytes));

  test("goes on where the connection broke", async () => {
    const { index, tmp, asked, download } = await start();
    index.script(`/files/${large.filename}`, { cutAfter: half });
    await assert.rejects(download(), /could not be read/);
    const [left = ""] = await readdir(tmp);
    assert.equal(left, `${large.sha256}.part`);
    const { size } = await stat(part(tmp));
    assert.ok(size > 1_000_000 && size <= half, String(size));
    await isWhole((await download()).path);
    assert.deepEqual(asked(), [undefined, `bytes=${size}-`]);
    await index.close();
  });

  test("goes on where a process was killed, and takes no part of one that runs", async () => {
    const { index, tmp, asked, download } = await start();
    const running = partPath(tmp, large.sha256);
    await writeFile(running, large.bytes.subarray(0, 2_000_000));
    const killed = partPath(tmp, large.sha256).replace(`-${process.pid}-`, "-999999999-");
    await writeFile(killed, large.bytes.subarray(0, half));
    await isWhole((await download()).path);
    assert.deepEqual(asked(), [`bytes=${half}-`]);
    assert.deepEqual((await readdir(tmp)).filter((name) => name === basename(running)).length, 1);
    await index.close();
  });

  test("starts again if the part is damaged, or the file is another one", async () => {
    const { index, tmp, asked, download } = await start();
    await writeFile(part(tmp), Buffer.alloc(half));
    await isWhole((await download()).path);
    assert.deepEqual(asked(), [`bytes=${half}-`, undefined]);
    await writeFile(part(tmp), Buffer.alloc(large.bytes.length + 1));
    await isWhole((await download(large.bytes.length)).path);
    await index.close();
  });

  test("asks for nothing if the whole file is there", async () => {
    const { index, tmp, asked, download } = await start();
    await writeFile(part(tmp), large.bytes);
    await isWhole((await download(large.bytes.length)).path);
    assert.deepEqual(asked(), []);
    await index.close();
  });

  test("keeps nothing of a file with a wrong hash, and nothing that is small", async () => {
    const wrong = await start({ sha256: "1".repeat(64) });
    await assert.rejects(wrong.download(), failure("hash-mismatch"));
    assert.deepEqual(await readdir(wrong.tmp), []);
    await wrong.index.close();
    const { index, tmp, download } = await start();
    index.script(`/files/${large.filename}`, { cutAfter: 100_000 });
    await assert.rejects(download(), failure("network"));
    assert.deepEqual(await readdir(tmp), []);
    await index.close();
  });
});
