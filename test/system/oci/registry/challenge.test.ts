import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseChallenges } from "../../../../src/system/oci/registry/challenge.ts";

describe("a `WWW-Authenticate` header", () => {
  const cases: Readonly<Record<string, unknown>> = {
    'Bearer realm="https://a.example.org/token",service="a, b",scope="repository:x/y:pull,push"': [
      {
        scheme: "bearer",
        parameters: {
          realm: "https://a.example.org/token",
          service: "a, b",
          scope: "repository:x/y:pull,push",
        },
      },
    ],
    'Basic realm="x", Bearer realm=y , Service="q\\"z"': [
      { scheme: "basic", parameters: { realm: "x" } },
      { scheme: "bearer", parameters: { realm: "y", service: 'q"z' } },
    ],
    Negotiate: [{ scheme: "negotiate", parameters: {} }],
    "": [],
    '="broken': [],
  };
  for (const [header, challenges] of Object.entries(cases)) {
    test(`\`${header}\` is parsed`, () => assert.deepEqual(parseChallenges(header) as unknown, challenges));
  }

  test("may be missing", () => assert.deepEqual(parseChallenges(null), []));
});
