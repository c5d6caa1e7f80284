import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { PosyError } from "../../../src/errors/posy-error.ts";
import { formatSourceReference, parseSourceReference } from "../../../src/vocab/urls/source-reference.ts";

const digest = "ab".repeat(32);

/** A URL, the reference in it, and its text after writing if that differs. */
const table: readonly (readonly [url: string, reference: unknown, again?: string])[] = [
  ["git+https://x.example/o/r.git", { kind: "git", repository: "https://x.example/o/r.git" }],
  [
    "git+http://X.example:8/r@v1",
    { kind: "git", repository: "http://x.example:8/r", revision: "v1" },
    "git+http://x.example:8/r@v1",
  ],
  [
    "git+ssh://git@x.example/o/r.git@feature/x#subdirectory=a/b",
    { kind: "git", repository: "ssh://git@x.example/o/r.git", revision: "feature/x", subdirectory: "a/b" },
  ],
  [
    "git+https://me:pass%40word@x.example/r@main#egg=name",
    {
      kind: "git",
      repository: "https://x.example/r",
      login: { username: "me", password: "pass@word" },
      revision: "main",
    },
    "git+https://x.example/r@main",
  ],
  [
    "git+https://token@x.example/r",
    { kind: "git", repository: "https://x.example/r", login: { username: "token" } },
    "git+https://x.example/r",
  ],
  [
    "git+ssh://me:secret@x.example/r",
    { kind: "git", repository: "ssh://me@x.example/r" },
    "git+ssh://me@x.example/r",
  ],
  [
    "git+git@x.example:o/r.git@v1",
    { kind: "git", repository: "ssh://git@x.example/o/r.git", revision: "v1" },
    "git+ssh://git@x.example/o/r.git@v1",
  ],
  ["git+file:///a/b%20c@dev", { kind: "git", repository: "file:///a/b%20c", revision: "dev" }],
  ["git+file:///C:/a/b", { kind: "git", repository: "file:///C:/a/b" }],
  ["git+git://x.example/r", { kind: "git", repository: "git://x.example/r" }],
  ["git+https://x.example/@scope/r", { kind: "git", repository: "https://x.example/@scope/r" }],
  ["file:///a/b%20c", { kind: "folder", path: "/a/b c", editable: false }],
  ["file:///a/b/", { kind: "folder", path: "/a/b", editable: false }, "file:///a/b"],
  ["file:///a/b#editable=true", { kind: "folder", path: "/a/b", editable: true }],
  ["file:///C:/a%23b", { kind: "folder", path: "C:/a#b", editable: false }],
  ["file://server/share/x", { kind: "folder", path: "//server/share/x", editable: false }],
  [
    "file://localhost/x#subdirectory=y",
    { kind: "folder", path: "/x", editable: false, subdirectory: "y" },
    "file:///x#subdirectory=y",
  ],
  [
    "https://x.example/archive/main.zip",
    { kind: "archive", url: "https://x.example/archive/main.zip", hashes: {} },
  ],
  ["https://x.example/tarball/main", { kind: "archive", url: "https://x.example/tarball/main", hashes: {} }],
  ["https://x.example/v1.0.tar.gz", { kind: "archive", url: "https://x.example/v1.0.tar.gz", hashes: {} }],
  [
    `https://x.example/a-1.0.tar.gz#subdirectory=x&sha256=${digest}`,
    { kind: "archive", url: "https://x.example/a-1.0.tar.gz", hashes: { sha256: digest }, subdirectory: "x" },
    `https://x.example/a-1.0.tar.gz#sha256=${digest}&subdirectory=x`,
  ],
  ["file:///a/main.zip", { kind: "archive", url: "file:///a/main.zip", hashes: {} }],
];

const files = [
  "https://x.example/a-1.0-py3-none-any.whl",
  "https://x.example/broken.whl",
  "https://x.example/a-1.0.tar.gz",
  `https://x.example/a-1.0.zip?x=y#sha256=${digest}`,
  "file:///a/a_b-1.0.tar.bz2",
  "ftp://x.example/whatever",
];

const refused: readonly (readonly [url: string, says: RegExp])[] = [
  ["git+ext::sh -c touch% /tmp/x", /no address of a repository/],
  ["git+ext://x.example/y", /a scheme that Posy does not use with git: `ext`/],
  ["git+https://-oProxyCommand=x/y", /no address/],
  ["git+ssh://-oProxyCommand=x/y", /no address/],
  ["git+ssh://-x@x.example/y", /an invalid user name/],
  ["git+ssh://x.example", /no address/],
  ["git+https:///y", /no address/],
  ["git+file://me@host/y", /no address/],
  ["git+https://x.example/y%0Az", /no address/],
  ["git+https://x.example/y@", /an invalid revision/],
  ...[
    "--upload-pack=x",
    "-x",
    "a..b",
    "a b",
    "a~1",
    "a^",
    "a:b",
    "a?",
    "a*",
    "a[b",
    "a\\b",
    "a@{1}",
    "/a",
    "a/",
    "a.lock",
    "%0A",
  ].map(
    (revision) =>
      [
        `git+https://x.example/y@${encodeURIComponent(revision).replace("%250A", "%0A")}`,
        /an invalid revision|no address/,
      ] as const,
  ),
  [
    "git+https://x.example/y#editable=true",
    /^`git\+https:\/\/x\.example\/y` is a repository, and only folders/,
  ],
  ["https://x.example/archive/main.zip#editable=true", /only folders are editable/],
  ["git+https://x.example/y#subdirectory=../z", /does not stay inside/],
  ["file:///x#subdirectory=/etc", /does not stay inside/],
  ["file:///x#subdirectory=a%5C..%5Cb", /does not stay inside/],
  ["file:///x#subdirectory=C:/x", /does not stay inside/],
  ["hg+https://x.example/y", /only git is supported/],
  ["svn+ssh://me:secret@x.example/y", /^`svn\+ssh:\/\/x\.example\/y` is a `svn` repository/],
  ["https://me:secret@x.example/y.git", /^`https:\/\/x\.example\/y\.git` is the address of a repository/],
];

describe("parseSourceReference", () => {
  for (const [url, reference, again = url] of table) {
    test(url, () => {
      const parsed = parseSourceReference(url);
      assert.deepEqual(parsed, reference);
      if (parsed) assert.equal(formatSourceReference(parsed), again);
    });
  }
  for (const url of files) test(`${url} is a file`, () => assert.equal(parseSourceReference(url), undefined));
  for (const [url, says] of refused) {
    test(`refuses ${url}`, () => {
      assert.throws(
        () => parseSourceReference(url),
        (error) => {
          assert.ok(error instanceof PosyError, String(error));
          assert.equal(error.code, "invalid-url");
          assert.match(error.message, says);
          assert.doesNotMatch(`${error.message}${error.hint}`, /secret/);
          return error.hint !== undefined;
        },
      );
    });
  }

  test("reads again the reference of a folder with any name", () => {
    const part = fc
      .string({ unit: "grapheme", minLength: 1 })
      .filter((text) => !/[/\0]|^\.{1,2}$/.test(text));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1 }), fc.boolean(), (parts, editable) => {
        const reference = { kind: "folder" as const, path: `/${parts.join("/")}/x`, editable };
        assert.deepEqual(parseSourceReference(formatSourceReference(reference)), reference);
      }),
    );
  });
});
