import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createHash } from "node:crypto";
import { PosyError } from "../../src/errors/posy-error.ts";
import { digestLengths, parseHashFragment, parseHashOption, parseSha256 } from "../../src/vocab/hash.ts";

const digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

test("digestLengths has the lengths of the real algorithms", () => {
  for (const [name, length] of digestLengths) {
    const openssl: Record<string, string> = { blake2b: "blake2b512", blake2s: "blake2s256" };
    const algorithm = openssl[name] ?? name.replace("_", "-");
    assert.equal(createHash(algorithm).update("").digest("hex").length, length, name);
  }
});

describe("parseHashFragment", () => {
  const table: [fragment: string, hashes: Record<string, string>][] = [
    [`sha256=${digest}`, { sha256: digest }],
    [`#sha256=${digest.toUpperCase()}`, { sha256: digest }],
    [`egg=a&subdirectory=b&SHA256=${digest}&md5=${"0".repeat(32)}`, { sha256: digest, md5: "0".repeat(32) }],
    ["", {}],
    ["egg=a", {}],
    ["whirlpool=00", {}],
    ["=", {}],
    ["__proto__=00", {}],
  ];
  for (const [fragment, hashes] of table) {
    test(JSON.stringify(fragment), () => assert.deepEqual(parseHashFragment(fragment), hashes));
  }
  for (const fragment of ["sha256=", "sha256=00", `sha256=${"g".repeat(64)}`, `md5=${digest}`]) {
    test(`refuses ${fragment}`, () =>
      assert.throws(
        () => parseHashFragment(fragment),
        (error) => {
          return (
            error instanceof PosyError &&
            error.code === "invalid-metadata" &&
            error.message.includes("hexadecimal")
          );
        },
      ));
  }
});

describe("parseHashOption", () => {
  test("reads a SHA-256", () =>
    assert.deepEqual(parseHashOption(`sha256:${digest}`), { algorithm: "sha256", digest }));
  for (const text of [
    "",
    digest,
    `sha256=${digest}`,
    `md5:${"0".repeat(32)}`,
    "sha512:00",
    `nothing:${digest}`,
  ]) {
    test(`refuses ${JSON.stringify(text)}`, () =>
      assert.throws(
        () => parseHashOption(text),
        (error) => {
          return error instanceof PosyError && error.code === "invalid-requirements-file";
        },
      ));
  }
});

test("parseSha256 accepts 64 digits in upper and lower case", () => {
  assert.equal(parseSha256(digest.toUpperCase()), digest);
  assert.throws(() => parseSha256(`${digest}0`), PosyError);
});
