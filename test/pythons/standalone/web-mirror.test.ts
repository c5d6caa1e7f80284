import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { plainIndexSettings } from "../../../src/packages/index-settings.ts";
import { openWebMirror } from "../../../src/pythons/standalone/web-mirror.ts";
import { openHttpClient } from "../../../src/system/http/index.ts";
import { startIndex } from "../../support/index-server.ts";
import { serve, sumsOf, testArchive } from "../../support/standalone-archive.ts";
import { newSandbox, type Sandbox } from "../sandbox.ts";

function open(sandbox: Sandbox, url: string) {
  const { home, reporter } = sandbox.context();
  const http = openHttpClient({ ...plainIndexSettings, retries: 0, environment: {}, reporter });
  return openWebMirror(url, { home, http, reporter, offline: false, refresh: false });
}

async function filenames(mirror: ReturnType<typeof open>): Promise<readonly (readonly string[])[]> {
  const all: (readonly string[])[] = [];
  for await (const builds of mirror.listings()) all.push(builds.map(({ filename }) => filename));
  return all;
}

const archive = testArchive("3.12.9+20250205");
const older = testArchive("3.11.9+20240101");

describe("a mirror at a URL", () => {
  test("with the publisher's layout reads the newest release, then the index of all versions, each once", async () => {
    using sandbox = newSandbox();
    await using index = await startIndex();
    const root = "/someone/python-build-standalone";
    serve(index, root, { "releases/latest/download/SHA256SUMS": sumsOf([archive]) });
    const line = JSON.stringify({ artifacts: [{ url: `x/${older.filename}`, sha256: older.sha256 }] });
    serve(index, "/someone/versions/main/v1", { "python-build-standalone.ndjson": `${line}\n` });
    const mirror = open(sandbox, `${index.origin}${root}/releases/download///`);
    assert.equal(mirror.label, `${index.origin}${root}/releases/download`);
    assert.deepEqual(await filenames(mirror), [[archive.filename], [older.filename]]);
    assert.deepEqual(await filenames(mirror), [[archive.filename], [older.filename]]);
    assert.equal(index.requests.length, 2);
    const url = await mirror.urlOf({ filename: older.filename, name: { date: "20240101" } } as never);
    assert.equal(url, `${mirror.label}/20240101/${encodeURIComponent(older.filename)}`);
  });

  test("with the publisher's layout may lack either list", async () => {
    using sandbox = newSandbox();
    await using index = await startIndex();
    const root = "/x/python-build-standalone";
    assert.deepEqual(await filenames(open(sandbox, `${index.origin}${root}/releases/download`)), []);
  });

  test("with a folder per date reads the dates newest first, each once, and skips those without a list", async () => {
    using sandbox = newSandbox();
    await using index = await startIndex();
    serve(index, "/m", {
      "": "20240101/ 20250205/ 20250205/ 20240601/ x.20260101/ 120270101/ 20280101 19990101/",
      "20250205/SHA256SUMS": sumsOf([archive]),
      "20240101/SHA256SUMS": sumsOf([older]),
    });
    const mirror = open(sandbox, `${index.origin}/m`);
    assert.deepEqual(await filenames(mirror), [[archive.filename], [older.filename]]);
    const read = index.requests.map(({ path }) => path).filter((path) => /\d{8}/.test(path));
    assert.deepEqual(read, ["/m/20250205/SHA256SUMS", "/m/20240601/SHA256SUMS", "/m/20240101/SHA256SUMS"]);
    assert.equal(
      await mirror.urlOf({ filename: "a+b", name: { date: "20240101" } } as never),
      `${mirror.label}/20240101/a%2Bb`,
    );
  });

  test("with a folder per date reads at most sixty dates", async () => {
    using sandbox = newSandbox();
    await using index = await startIndex();
    const dates = Array.from({ length: 62 }, (_, day) => String(20_240_101 + day));
    serve(index, "/m", { "": dates.map((date) => `${date}/`).join(" ") });
    assert.deepEqual(await filenames(open(sandbox, `${index.origin}/m`)), []);
    assert.equal(index.requests.filter(({ path }) => /\d{8}/.test(path)).length, 60);
  });

  test("caches the list of a date for years, and lists that change for a day or a week", async () => {
    using sandbox = newSandbox();
    await using index = await startIndex();
    serve(index, "/m", { "": "20250205/", "20250205/SHA256SUMS": sumsOf([archive]) });
    const { home } = sandbox.context();
    const lifetimes = new Map<string, number>();
    const reporter = sandbox.context().reporter;
    const http = openHttpClient({ ...plainIndexSettings, retries: 0, environment: {}, reporter });
    const mirror = openWebMirror(`${index.origin}/m`, {
      home,
      http,
      reporter,
      offline: false,
      refresh: false,
    });
    await filenames(mirror);
    for (const { freshUntil } of reporter.cacheInputs) {
      const days = (freshUntil - Date.now()) / 86_400_000;
      lifetimes.set(
        days > 1000 ? "years" : days > 0.9 && days < 1.1 ? "a day" : days < 0.1 ? "an hour" : "other",
        days,
      );
    }
    assert.deepEqual([...lifetimes.keys()].sort(), ["a day", "an hour", "years"]);
  });
});
