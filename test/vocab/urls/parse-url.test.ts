import assert from "node:assert/strict";
import { test } from "node:test";
import { parseUrl } from "../../../src/vocab/urls/parse-url.ts";

test("parseUrl gives the same result after thousands of calls, also for non-ASCII URLs", () => {
  // `URL.canParse` of Node 20 returns wrong results after some thousand calls.
  for (let round = 0; round < 20_000; round += 1) {
    const link = `//${round % 7 === 0 ? "é" : "e"}.example/${round % 2 === 0 ? "a" : ""}`;
    assert.ok(parseUrl(link, "https://index.example/simple/"), link);
  }
  for (const none of ["", "no", "https://", "http://a b/"]) assert.equal(parseUrl(none), undefined);
  assert.equal(parseUrl("../b", "https://a.example/x/y/")?.href, "https://a.example/x/b");
});
