import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PosyError } from "../../../src/errors/posy-error.ts";
import { formatLocation, isLoopback, parseReference } from "../../../src/system/oci/reference.ts";

const digest = `sha256:${"0".repeat(64)}`;

describe("the address of a repository in a registry", () => {
  const valid = {
    "oci://registry.example.org/app": { registry: "registry.example.org", name: "app" },
    "oci://Registry.example.org:5000/team/app:1.0": {
      registry: "registry.example.org:5000",
      name: "team/app",
      tag: "1.0",
    },
    [`localhost/a/b/c@${digest}`]: { registry: "localhost", name: "a/b/c", digest },
    [`OCI://[::1]:5000/app:tag@${digest}`]: { registry: "[::1]:5000", name: "app", tag: "tag", digest },
    "127.0.0.1:1/a__b-c--d.e": { registry: "127.0.0.1:1", name: "a__b-c--d.e" },
  };
  for (const [text, reference] of Object.entries(valid)) {
    test(`\`${text}\` is parsed`, () => assert.deepEqual(parseReference(text) as object, reference));
  }

  const invalid = [
    "",
    "app",
    "oci://",
    "oci:///app",
    "oci://host",
    "oci://host/",
    "oci://host/App",
    "oci://host/a//b",
    "oci://host/-a",
    "oci://host/a:",
    "oci://host/a:.b",
    "oci://host/a b",
    "oci://ho st/a",
    "oci://host/a@sha256:1",
    "oci://host/../a",
    `oci://host/a@${digest}@${digest}`,
    "https://host/a",
    `oci://host/${"a".repeat(256)}`,
  ];
  for (const text of invalid) {
    test(`\`${text.slice(0, 40)}\` is refused`, () => {
      assert.throws(() => parseReference(text), /is not (the address of a repository|a digest)/);
    });
  }

  test("with a login is refused without repeating the password", () => {
    assert.throws(
      () => parseReference("oci://me:my-secret-password@host/app"),
      (error: PosyError) =>
        !error.message.includes("my-secret-password") && /docker login/.test(error.hint ?? ""),
    );
  });

  test("is written without tag and digest in messages", () => {
    assert.equal(formatLocation(parseReference("host:1/a/b:tag")), "oci://host:1/a/b");
  });

  test("is on this machine for `localhost` and loopback addresses only", () => {
    const loopback = ["localhost", "localhost:5000", "a.localhost", "127.0.0.1:1", "127.1.2.3", "[::1]:5000"];
    assert.deepEqual(loopback.filter(isLoopback), loopback);
    assert.deepEqual(
      ["example.org", "localhost.example.org", "127.0.0.1.example.org", "1.127.0.0"].filter(isLoopback),
      [],
    );
  });
});
