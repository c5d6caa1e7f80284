import assert from "node:assert/strict";
import { test } from "node:test";
import { PosyError } from "../../../src/errors/posy-error.ts";
import { safeUrl, splitCredentials } from "../../../src/system/http/safe-url.ts";

test("splitCredentials removes credentials from a URL", () => {
  assert.deepEqual(splitCredentials("https://me:p%40ss@index.example/simple/"), {
    url: "https://index.example/simple/",
    credentials: { username: "me", password: "p@ss" },
  });
  assert.deepEqual(splitCredentials("https://token@index.example"), {
    url: "https://index.example/",
    credentials: { username: "token", password: "" },
  });
  assert.deepEqual(splitCredentials("https://index.example/a@b"), { url: "https://index.example/a@b" });
});

test("splitCredentials rejects an invalid URL without repeating its password", () => {
  assert.throws(
    () => splitCredentials("https://me:secret@in dex.example/"),
    (error) =>
      error instanceof PosyError &&
      error.code === "invalid-url" &&
      !JSON.stringify([error.message, error.cause]).includes("secret"),
  );
});

test("safeUrl removes credentials from valid and invalid URLs", () => {
  assert.equal(safeUrl("https://me:secret@index.example/x@y"), "https://index.example/x@y");
  assert.equal(safeUrl("https://me:se@cret@index.example/"), "https://index.example/");
  assert.equal(safeUrl("./a@b"), "./a@b");
});
