import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseDuration, parseSize } from "../../src/text/quantities.ts";

describe("a size", () => {
  const sizes = {
    "0": 0,
    "1000": 1000,
    "512B": 512,
    "20GB": 20e9,
    "20 gb": 20e9,
    "1.5k": 1500,
    "1KiB": 1024,
    "2Mi": 2 * 2 ** 20,
    "3 GiB": 3 * 2 ** 30,
    "1T": 1e12,
  };
  for (const [text, bytes] of Object.entries(sizes)) {
    test(`may be written as ${text}`, () => assert.equal(parseSize(text), bytes));
  }
  for (const text of ["", "GB", "-1GB", "1,5GB", "1e9", "20 XB", "1 2 GB", "Infinity"]) {
    test(`may not be written as \`${text}\``, () => assert.equal(parseSize(text), undefined));
  }
});

describe("a duration", () => {
  const durations = {
    "90m": 90 * 60_000,
    "12h": 12 * 3_600_000,
    "30d": 30 * 86_400_000,
    "2 weeks": 14 * 86_400_000,
    "1 minute": 60_000,
    "0d": 0,
  };
  for (const [text, milliseconds] of Object.entries(durations)) {
    test(`may be written as ${text}`, () => assert.equal(parseDuration(text), milliseconds));
  }
  for (const text of ["", "30", "d", "-1d", "1.5d", "3 months", "1d2h"]) {
    test(`may not be written as \`${text}\``, () => assert.equal(parseDuration(text), undefined));
  }
});
