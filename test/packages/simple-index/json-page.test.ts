import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { PosyError } from "../../../src/errors/posy-error.ts";
import { parseHtmlPage } from "../../../src/packages/simple-index/parse-html-page.ts";
import { parseJsonPage } from "../../../src/packages/simple-index/parse-json-page.ts";
import { parsePage } from "../../../src/packages/simple-index/parse-page.ts";
import { projectPage } from "../../support/index-page.ts";
import type { IndexFile } from "../../support/index-server.ts";

const url = "https://index.example/simple/foo/";
const digest = "cd".repeat(32);

test("reads the same page from HTML and from JSON", async () => {
  const text = fc.string({ unit: "grapheme", maxLength: 12 });
  const file = fc.record(
    {
      filename: fc.stringMatching(/^[A-Za-z0-9._+!-]{1,20}\.(whl|tar\.gz)$/),
      bytes: fc.uint8Array({ maxLength: 4 }),
      requiresPython: fc.constantFrom(">=3.8", ">3,<'4'", '&amp; "odd" <a>'),
      yanked: fc.oneof(fc.constant<true>(true), text),
      uploadTime: fc.constantFrom("2024-01-02T03:04:05Z", "2024-01-02T03:04:05.123456Z"),
      metadata: text,
      hashes: fc.constantFrom<Record<string, string>>({}, { sha256: digest }, { md5: "0".repeat(32) }),
    },
    { requiredKeys: ["filename", "bytes"] },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(file, { maxLength: 5 }), async (generated) => {
      const files = generated.map((one): IndexFile => ({ ...(one as IndexFile), size: false }));
      const json = parseJsonPage(projectPage("json", "foo", files), url);
      assert.deepEqual(await parseHtmlPage(projectPage("html", "foo", files), url), json);
      assert.equal(json?.files.length, files.length);
    }),
    { numRuns: 500 },
  );
});

describe("a hostile or careless JSON page may have", () => {
  const entry = { filename: "foo-1.0.tar.gz", url: "foo-1.0.tar.gz", hashes: {} };
  const kept: [string, object, object][] = [
    ["hashes of the wrong kind", { ...entry, hashes: "sha256" }, { hashes: { sha256: "malformed" } }],
    [
      "hashes that are not digests",
      { ...entry, hashes: { sha256: 7, md5: "zz", __proto__x: "aa" } },
      { hashes: { sha256: "malformed", md5: "malformed" } },
    ],
    ["a negative size", { ...entry, size: -1 }, {}],
    ["a size that is not a number", { ...entry, size: "12" }, {}],
    ["null for unknown values", { ...entry, "requires-python": null, "upload-time": null, yanked: null }, {}],
    ["a file name with a path", { ...entry, filename: "../../evil.whl" }, {}],
    ["metadata: false", { ...entry, "core-metadata": false, "dist-info-metadata": { sha256: digest } }, {}],
    ["metadata without digests", { ...entry, "core-metadata": {} }, { coreMetadata: true }],
    ["yanked", { ...entry, yanked: true }, { yanked: "" }],
  ];
  for (const [name, written, expected] of kept) {
    test(name, () => {
      const page = parseJsonPage(JSON.stringify({ meta: {}, name: "foo", files: [written] }), url);
      assert.deepEqual(page?.files, [
        {
          filename: "foo-1.0.tar.gz",
          url: "https://index.example/simple/foo/foo-1.0.tar.gz",
          hashes: {},
          yanked: false,
          ...expected,
        },
      ]);
    });
  }

  test("entries that are not files, which are left out", () => {
    const files = [null, 1, [], {}, { url: 1 }, { url: "javascript:x" }, entry];
    assert.equal(parseJsonPage(JSON.stringify({ files }), url)?.files.length, 1);
  });

  test("no list of files, which is rejected", () => {
    for (const text of ["", "{", "[]", "null", "7", '{"files": {}}', '{"files": null}', "<html>"]) {
      assert.equal(parseJsonPage(text, url), undefined, text);
    }
  });
});

describe("decides by content type and version whether this is an index page", () => {
  const html = projectPage("html", "foo", []);
  const json = projectPage("json", "foo", []);
  const cases: [string, string, string | number][] = [
    ["text/html", html, 0],
    ["text/html; charset=UTF-8", html, 0],
    ["application/vnd.pypi.simple.v1+html", html, 0],
    ["application/vnd.pypi.simple.latest+json", json, 0],
    ["application/json", json, 0],
    ["application/vnd.pypi.simple.v1+json", html, "invalid-index-page"],
    ["application/pdf", html, "invalid-index-page"],
    ["", html, "invalid-index-page"],
    [
      "text/html",
      "<h1>Log in</h1><form action='/login'><input></form><a href='/help'>help</a>",
      "invalid-index-page",
    ],
    ["text/html", `<meta name="pypi:repository-version" content="2.0">`, "invalid-index-page"],
    ["text/html", `<meta name="pypi:repository-version" content="1.99">`, 0],
    ["application/json", `{"meta": {"api-version": "2.0"}, "files": []}`, "invalid-index-page"],
  ];
  for (const [type, text, expected] of cases) {
    test(`${type || "none"}: ${text.slice(0, 60).replace(/\s+/g, " ")}`, async () => {
      const page = parsePage(new TextEncoder().encode(text), type, url);
      if (typeof expected === "number") assert.equal((await page).names.length, expected);
      else await assert.rejects(page, (error) => error instanceof PosyError && error.code === expected);
    });
  }
});
