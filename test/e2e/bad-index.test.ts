import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Reply, startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newSandbox } from "../support/posy.ts";

const wheel = makeWheel({
  name: "greeting",
  // Large enough that a cut connection loses part of it.
  files: { "greeting.py": "text = 'hello'\n", "greeting.bin": pseudoRandom(200_000) },
});
const page = "/simple/greeting/";
const file = `/files/${wheel.filename}`;
const command = ["--with", "greeting", "--", "python", "-c", "import greeting; print(greeting.text)"];

/**
 * A reply that fails, with the status and the error that Posy ends with. The test then repairs the server and runs
 * again with the same home, which must work.
 */
const forGood: readonly { title: string; path: string; reply: Reply; status: number; says: RegExp }[] = [
  { title: "500 for the page", path: page, reply: { status: 500 }, status: 69, says: /500/ },
  { title: "500 for the wheel", path: file, reply: { status: 500 }, status: 69, says: /500/ },
  {
    title: "404 for the page",
    path: page,
    reply: { status: 404, headers: { etag: '"none"' } },
    status: 1,
    says: /greeting/,
  },
  { title: "404 for the wheel", path: file, reply: { status: 404 }, status: 69, says: /404/ },
  { title: "403 for the wheel", path: file, reply: { status: 403 }, status: 69, says: /403/ },
  {
    title: "HTML for a wheel",
    path: file,
    reply: { body: "<!doctype html><h1>Please log in</h1>", headers: { "content-type": "text/html" } },
    status: 69,
    says: /greeting-1\.0[^]*web page|web page[^]*greeting-1\.0/,
  },
  {
    title: "a page that is not an index",
    path: page,
    reply: { body: "%PDF-1.4 …", headers: { "content-type": "application/pdf" } },
    status: 76,
    says: /application\/pdf|not an index|index page/,
  },
  {
    title: "a page whose JSON is broken",
    path: page,
    reply: { body: '{"files": [', headers: { "content-type": "application/vnd.pypi.simple.v1+json" } },
    status: 76,
    says: /greeting/,
  },
  {
    title: "a wheel that is always cut off",
    path: file,
    reply: { cutAfter: 5000 },
    status: 69,
    says: /greeting-1\.0/,
  },
  {
    title: "a connection that is always reset",
    path: page,
    reply: { reset: true },
    status: 69,
    says: /greeting/,
  },
];

describe("an index that keeps failing", () => {
  for (const { title, path, reply, status, says } of forGood) {
    test(`ends the run with an error: ${title}`, async () => {
      await using index = await startIndex({ files: [wheel] });
      using sandbox = await newSandbox();
      const args = ["run", "--default-index", index.url, ...command];
      index.always(path, reply);
      assertFailed(await sandbox.posy(args), status, says);
      index.always(path, {});
      assertPrinted(await sandbox.posy(args), "hello\n");
    });
  }

  test("rejects a wheel whose hash is not the one on the page", async () => {
    await using index = await startIndex({ files: [{ ...wheel, hashes: { sha256: "0".repeat(64) } }] });
    await using honest = await startIndex({ files: [wheel] });
    using sandbox = await newSandbox();
    assertFailed(
      await sandbox.posy(["run", "--default-index", index.url, ...command]),
      76,
      /greeting-1\.0[^]*(sha256|hash)/i,
    );
    assertPrinted(await sandbox.posy(["run", "--default-index", honest.url, ...command]), "hello\n");
  });

  test("reports an index that no server answers for", async () => {
    await using index = await startIndex({ files: [wheel] });
    const gone = await startIndex();
    await gone.close();
    using sandbox = await newSandbox();
    assertFailed(await sandbox.posy(["run", "--default-index", gone.url, ...command]), 69, /127\.0\.0\.1/);
    assertPrinted(await sandbox.posy(["run", "--default-index", index.url, ...command]), "hello\n");
  });

  test("`--offline` fails with an empty cache, asks no server, and works once the files are cached", async () => {
    await using index = await startIndex({ files: [wheel] });
    using sandbox = await newSandbox();
    const args = ["--default-index", index.url, ...command];
    assertFailed(await sandbox.posy(["run", "--offline", ...args]), 69, /greeting/, /--offline/);
    assert.equal(index.requests.length, 0);
    assertPrinted(await sandbox.posy(["run", ...args]), "hello\n");
    const asked = index.requests.length;
    assertPrinted(await sandbox.posy(["run", "--offline", ...args]), "hello\n");
    assert.equal(index.requests.length, asked);
  });
});

const passing: readonly { title: string; path: string; replies: readonly Reply[] }[] = [
  { title: "500 twice for the page", path: page, replies: [{ status: 500 }, { status: 503 }] },
  { title: "502 for the wheel", path: file, replies: [{ status: 502 }] },
  {
    title: "429 with `retry-after`",
    path: file,
    replies: [{ status: 429, headers: { "retry-after": "0" } }],
  },
  { title: "a wheel that is cut off once", path: file, replies: [{ cutAfter: 5000 }] },
  { title: "a page that is cut off once", path: page, replies: [{ cutAfter: 20 }] },
  { title: "a reset connection", path: file, replies: [{ reset: true }] },
];

describe("an index that fails for a moment", () => {
  for (const { title, path, replies } of passing) {
    test(`is asked again after ${title}`, async () => {
      await using index = await startIndex({ files: [wheel] });
      using sandbox = await newSandbox();
      index.script(path, ...replies);
      assertPrinted(await sandbox.posy(["run", "--default-index", index.url, ...command]), "hello\n");
      assert.ok(index.count(path) > replies.length, "the replies were asked for");
    });
  }
});

test("the second run needs no network", async () => {
  const index = await startIndex({ files: [wheel] });
  using sandbox = await newSandbox();
  const args = ["run", "--default-index", index.url, ...command];
  assertPrinted(await sandbox.posy(args), "hello\n");
  await index.close();
  assertPrinted(await sandbox.posy(args), "hello\n");
});

/** Returns bytes that do not compress and are the same in every run. */
function pseudoRandom(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return state & 0xff;
  });
}
