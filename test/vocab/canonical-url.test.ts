import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { describe, test } from "node:test";
import { canonicalUrl } from "../../src/vocab/canonical-url.ts";
import { parseRequirement } from "../../src/vocab/requirement/requirement.ts";

const spellings: Readonly<Record<string, readonly string[]>> = {
  "file:///x/core": [
    "file:///x/core/",
    "file:///x/core//",
    "file:///x/pa/../core",
    "file:///x/./core",
    "file:///x/pa/%2E%2e/core",
    "file://localhost/x/core",
    "file://LOCALHOST/x/core",
    "file:/x/core",
    "FILE:///x/core",
    "file:///x/c%6Fre",
    "file:///x/c%6fre",
  ],
  "file:///": ["file://localhost/", "file:///..", "file:///x/.."],
  "file:///x/caf%C3%A9": ["file:///x/café", "file:///x/caf%c3%a9"],
  "file:///x/50%25": ["file:///x/50%"],
  "file:///x/core#subdirectory=a": ["file://localhost/x/core/#subdirectory=a"],
  "git+file:///x/core": ["git+file:///x/core/", "GIT+FILE://localhost/x/pa/../core"],
  "git+file:///x/core@a/b": ["git+file:///x/core@a%2Fb", "git+file:///x/./core@a%2fb"],
  "git+file:///.@%": ["git+file:///%2e@%", "git+file:///x/..@%"],
  "git+file:///x/a%40b": ["git+file:///x/a@b/@c/.."],
  "git+file:///x/a%40b@main": ["git+file:///x/a%40b@main"],
  "https://example.org/a/b~c-1.0.tar.gz": [
    "HTTPS://EXAMPLE.org:443/a/x/../b%7ec-1.0.tar.gz",
    "https://example.org/a/./b%7Ec-1.0.tar.gz",
  ],
  "git+https://me:Secret@example.org/a": ["git+https://me:Secret@Example.org:443/a/"],
  "git+ssh://git@example.org/a@v1": ["git+ssh://git@example.org:22/a@v1"],
};

describe("canonicalUrl gives one spelling to URLs with the same meaning", () => {
  for (const [canonical, others] of Object.entries(spellings)) {
    for (const spelling of [canonical, ...others]) {
      test(`${spelling} is ${canonical}`, () => {
        assert.equal(canonicalUrl(spelling), canonical);
        assert.equal(parseRequirement(`core @ ${spelling}`).url, canonical);
      });
    }
  }
});

test("canonicalUrl keeps URLs with different meanings apart", () => {
  const apart = [
    "https://example.org/a",
    "https://example.org/a/",
    "https://example.org/A",
    "https://example.org:8443/a",
    "https://example.org/a%2Fb",
    "https://example.org/a/b",
    "https://example.org/a?x=%41",
    "https://example.org/a?x=A",
    "http://example.org/a",
    "file:///a",
    "file://server/a",
    "git+file:///a@b",
    "git+file:///a%40b",
    "git+ssh://git@example.org/a",
    "git+git@example.org:a",
  ];
  assert.equal(new Set(apart.map(canonicalUrl)).size, apart.length);
});

test("a requirement with an encoded `/` in the path of a file is refused", () => {
  assert.equal(canonicalUrl("file:///a\0b"), undefined);
  assert.equal(canonicalUrl("file:///\ud800"), "file:///\ud800");
  for (const url of ["file:///tmp/a%2Fb", "file:///tmp/a%2fb/", "git+file:///a%2Fb@main", "file:///a%00b"]) {
    assert.equal(canonicalUrl(url), undefined);
    assert.throws(() => parseRequirement(`lib @ ${url}`), { code: "invalid-requirement" });
  }
});

const segment = fc
  .string({ unit: "binary", minLength: 1 })
  .filter((text) => !/\p{Cs}/u.test(text) && !/[/\\\s\p{Cc}]/u.test(text) && text !== "." && text !== "..");

test("canonicalUrl is idempotent, and the same for every spelling of a path", () => {
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), fc.boolean(), (segments, slash) => {
      const { href } = pathToFileURL(`/${segments.join("/")}`);
      const canonical = canonicalUrl(href) as string;
      assert.equal(canonicalUrl(canonical), canonical);
      assert.equal(decodeURIComponent(canonical), decodeURIComponent(href));
      const noise = segments.map((each) => `x/../${hexOf(each)}`).join("/./");
      if (!segments.some((each) => each.includes("@"))) {
        assert.equal(canonicalUrl(`file://localhost/${noise}${slash ? "/" : ""}`), canonical);
      }
    }),
  );
});

test("canonicalUrl is idempotent for any text", () => {
  const texts = fc
    .tuple(
      fc.constantFrom("file:///", "git+file:///", "https://h/", "git+https://u@h/", ""),
      fc.string({ unit: "binary" }),
    )
    .map((both) => both.join(""));
  const tricky = fc
    .tuple(
      fc.constantFrom("file:///", "git+file:///", "git+https://u@h/"),
      fc.array(fc.constantFrom("/", ".", "..", "@", "%", "%2e", "%2f", "%40", ":", "~", "a", "é", "2", "5")),
    )
    .map(([start, parts]) => start + parts.join(""));
  fc.assert(
    fc.property(fc.oneof(texts, tricky), (text) => {
      const canonical = canonicalUrl(text);
      if (canonical !== undefined) assert.equal(canonicalUrl(canonical), canonical);
    }),
  );
});

/** Percent-encodes every byte. */
function hexOf(text: string): string {
  return [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
}
