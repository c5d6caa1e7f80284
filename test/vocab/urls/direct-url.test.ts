import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { PosyError } from "../../../src/errors/posy-error.ts";
import {
  type DirectUrl,
  formatDirectUrl,
  parseDirectUrl,
  withoutCredentials,
} from "../../../src/vocab/urls/direct-url.ts";

describe("parseDirectUrl", () => {
  const table: [json: object, direct: DirectUrl][] = [
    [
      { url: "https://a.example/b.zip", archive_info: { hash: "sha256=AB12" } },
      { kind: "archive", url: "https://a.example/b.zip", hashes: { sha256: "ab12" } },
    ],
    [
      {
        url: "https://u:p@a.example/b.zip",
        archive_info: { hash: "md5=00", hashes: { sha256: "11", md5: "00" } },
      },
      { kind: "archive", url: "https://a.example/b.zip", hashes: { md5: "00", sha256: "11" } },
    ],
    [
      { url: "file:///a", dir_info: { editable: true } },
      { kind: "directory", url: "file:///a", editable: true },
    ],
    [
      { url: "file:///a", dir_info: {}, subdirectory: "b/c" },
      { kind: "directory", url: "file:///a", subdirectory: "b/c", editable: false },
    ],
    [
      {
        url: "ssh://git@a.example/b",
        vcs_info: { vcs: "git", commit_id: "7921be1", requested_revision: "main" },
      },
      {
        kind: "vcs",
        url: "ssh://git@a.example/b",
        vcs: "git",
        requestedRevision: "main",
        commitId: "7921be1",
      },
    ],
  ];
  for (const [json, direct] of table) {
    test(JSON.stringify(json), () => {
      assert.deepEqual(parseDirectUrl(JSON.stringify(json)), direct);
      assert.deepEqual(parseDirectUrl(formatDirectUrl(direct)), direct);
    });
  }
  for (const text of [
    "",
    "[]",
    "null",
    "{}",
    '{"url": "https://a.example"}',
    '{"url": 1, "dir_info": {}}',
    '{"url": "a", "dir_info": {}, "vcs_info": {}}',
    '{"url": "a", "vcs_info": {"vcs": "git"}}',
    '{"url": "a", "archive_info": {"hash": "sha256"}}',
    '{"url": "a", "archive_info": {"hashes": {"sha256": 1}}}',
    '{"url": "a", "archive_info": []}',
  ]) {
    test(`refuses ${text}`, () =>
      assert.throws(
        () => parseDirectUrl(text),
        (error) => {
          return (
            error instanceof PosyError &&
            error.code === "invalid-metadata" &&
            /direct_url\.json/.test(error.message)
          );
        },
      ));
  }
});

describe("withoutCredentials", () => {
  const table: [url: string, clean: string][] = [
    ["https://a.example/b@c", "https://a.example/b@c"],
    ["https://user@a.example/", "https://a.example/"],
    ["https://user:pass@a.example:8/b?c#d", "https://a.example:8/b?c#d"],
    ["https://us@er:p@ss@a.example/", "https://a.example/"],
    ["https://${USER}:${PASS_WORD}@a.example/", "https://${USER}:${PASS_WORD}@a.example/"],
    ["https://${TOKEN}@a.example/", "https://${TOKEN}@a.example/"],
    ["https://${USER}:secret@a.example/", "https://a.example/"],
    ["git+ssh://git@a.example/b", "git+ssh://git@a.example/b"],
    ["git+ssh://git:secret@a.example/b", "git+ssh://a.example/b"],
    ["https://user:p@a.example", "https://a.example"],
    ["file:///a/b", "file:///a/b"],
    ["../a@b", "../a@b"],
  ];
  for (const [url, clean] of table) test(url, () => assert.equal(withoutCredentials(url), clean));
});

test("formatDirectUrl writes no secret", () => {
  const secret = fc.stringMatching(/^[a-z]{8,12}$/).map((text) => `Zq${text}`);
  fc.assert(
    fc.property(secret, fc.constantFrom("user", "git", "${USER}", ""), (password, user) => {
      const url = `https://${user}:${password}@a.example/b.git`;
      assert.ok(!formatDirectUrl({ kind: "vcs", url, vcs: "git", commitId: "1" }).includes(password));
    }),
  );
});
