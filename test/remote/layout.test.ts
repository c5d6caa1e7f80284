import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  buildTagOf,
  formatConfig,
  isConfigOf,
  parseConfig,
  resultsTag,
  wheelTag,
} from "../../src/remote/layout.ts";
import type { WheelKey } from "../../src/remote/remote-store.ts";

const key: WheelKey = {
  source: "a".repeat(64),
  setup: "b".repeat(32),
  pins: "c".repeat(32),
  platform: "linux-x86_64",
};

describe("the address of a build", () => {
  test("differs if any part of the key differs", () => {
    const others: readonly WheelKey[] = [
      { ...key, source: "0".repeat(64) },
      { ...key, setup: "0".repeat(32) },
      { ...key, pins: "0".repeat(32) },
      { ...key, indexes: "0".repeat(32) },
      { ...key, platform: "linux-aarch64" },
    ];
    for (const address of [wheelTag, buildTagOf]) {
      assert.equal(new Set([key, ...others].map(address)).size, 1 + others.length);
    }
    assert.match(wheelTag(key), /^wheel-linux-x86_64-[0-9a-f]{40}$/);
    assert.match(resultsTag(key), /^results-linux-x86_64-[0-9a-f]{40}$/);
    for (const other of others) assert.equal(isConfigOf(parseConfig(formatConfig(other)), key), false);
    assert.equal(isConfigOf(parseConfig(formatConfig(key)), key), true);
  });

  const wrong: Readonly<Record<string, unknown>> = {
    "a path": { ...key, source: `../${"a".repeat(61)}` },
    "a short key": { ...key, setup: "b" },
    "no key of pins that is one": { ...key, pins: "C".repeat(32) },
    "a wrong hash": { ...key, sha256: "x" },
    "an unknown platform": { ...key, platform: "linux/x86_64" },
    nothing: {},
  };
  for (const [name, config] of Object.entries(wrong)) {
    test(`is refused in a config with ${name}`, () => {
      assert.throws(() => parseConfig(Buffer.from(JSON.stringify(config))), { code: "invalid-manifest" });
    });
  }

  test("is refused in a config that is not JSON", () => {
    assert.throws(() => parseConfig(Buffer.from("{")), { code: "invalid-manifest" });
  });
});
