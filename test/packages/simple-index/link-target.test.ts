import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { linkTarget } from "../../../src/packages/simple-index/link-target.ts";
import { parseUrl } from "../../../src/vocab/urls/parse-url.ts";

const bases = [
  "https://index.example/simple/foo/",
  "http://x.example/a/b?c=d",
  "file:///srv/simple/foo/index.html",
  "posy:",
];
const piece = fc.constantFrom(
  "..",
  ".",
  "/",
  "//",
  "a",
  "B1",
  "foo-1.0.zip",
  "%2e",
  "%2F",
  "+",
  "~",
  ":",
  "?",
  "@",
  "\\",
  " ",
  "é",
  "https://",
  "http:",
  "files.example",
  ":80",
  "u:p@",
  "!",
  ",",
);

test("returns no file for a link that ends in a segment of dots, in any spelling", () => {
  for (const dots of [".", "%2e", "%2E"]) {
    const target = linkTarget(
      `https://files.example/a/${dots}/../b/${dots}/foo-1.0.zip`,
      "https://index.example/",
    );
    assert.equal(target?.url, "https://files.example/b/foo-1.0.zip");
  }
});

test("resolves links as the URL standard does, without credentials", () => {
  fc.assert(
    fc.property(fc.constantFrom(...bases), fc.array(piece, { maxLength: 7 }), (base, pieces) => {
      const href = pieces.join("");
      const target = linkTarget(`${href}#x=y`, base);
      const resolved = parseUrl(href, base);
      if (!resolved || !/^(https?|file):$/.test(resolved.protocol)) return assert.equal(target, undefined);
      resolved.username = "";
      resolved.password = "";
      if (target === undefined) {
        const last = resolved.pathname.split("/").at(-1) ?? "";
        assert.match(last, /^$|%2f|%5c/i, `\`${href}\` names a file`);
      } else {
        assert.deepEqual([target.url, target.fragment], [resolved.href, "x=y"]);
      }
    }),
    { numRuns: 3000 },
  );
});
