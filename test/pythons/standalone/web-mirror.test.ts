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

  const publisher = "/x/python-build-standalone/releases";
  /** For each layout: the root, the files by path, and the requested paths with the hours until the next request. */
  const mirrors: readonly {
    readonly layout: string;
    readonly root: string;
    readonly files: Readonly<Record<string, string>>;
    readonly requests: readonly (readonly [path: string, hours: number])[];
  }[] = [
    {
      layout: "a folder per date",
      root: "/m",
      files: { "/m/": "20250205/ 20240101/", "/m/20250205/SHA256SUMS": sumsOf([archive]) },
      requests: [
        ["/m/SHA256SUMS", 1],
        ["/m/", 24],
        ["/m/20250205/SHA256SUMS", 3650 * 24],
        ["/m/20240101/SHA256SUMS", 1],
      ],
    },
    {
      layout: "the publisher's layout",
      root: `${publisher}/download`,
      files: {
        [`${publisher}/latest/download/SHA256SUMS`]: sumsOf([archive]),
        "/x/versions/main/v1/python-build-standalone.ndjson": JSON.stringify({
          artifacts: [{ url: `x/${older.filename}`, sha256: older.sha256 }],
        }),
      },
      requests: [
        [`${publisher}/latest/download/SHA256SUMS`, 24],
        ["/x/versions/main/v1/python-build-standalone.ndjson", 7 * 24],
      ],
    },
  ];
  for (const { layout, root, files, requests } of mirrors) {
    test(`with ${layout} is asked again after a time that depends on the list`, async () => {
      using sandbox = newSandbox();
      await using index = await startIndex();
      for (const [path, body] of Object.entries(files)) index.always(path, { status: 200, body });
      const { home, reporter } = sandbox.context();
      const http = openHttpClient({ ...plainIndexSettings, retries: 0, environment: {}, reporter });
      const context = { home, http, reporter, offline: false, refresh: false };
      await filenames(openWebMirror(index.origin + root, context));
      const hours = reporter.cacheInputs.map(({ freshUntil }) =>
        Math.round((freshUntil - Date.now()) / 3_600_000),
      );
      assert.deepEqual(
        index.requests.map(({ path }, position) => [path, hours[position]]),
        requests,
      );
    });
  }
});
