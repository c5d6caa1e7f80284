import assert from "node:assert/strict";
import { test } from "node:test";
import { parseExcludeNewer } from "../../../src/packages/configuration/exclude-newer.ts";
import { failure } from "../support/new-database.ts";

const now = Date.parse("2024-05-10T12:00:00Z");

test("parses moments, days and ages", () => {
  const cases: [string, number][] = [
    ["2024-05-01T12:00:00Z", Date.parse("2024-05-01T12:00:00Z")],
    ["2024-05-01 12:00:00+02:00", Date.parse("2024-05-01T10:00:00Z")],
    ["2024-05-01", new Date(2024, 4, 2).getTime()],
    ["2024-12-31", new Date(2025, 0, 1).getTime()],
    ["7 days", Date.parse("2024-05-03T12:00:00Z")],
    ["1 week ago", Date.parse("2024-05-03T12:00:00Z")],
    ["36hours", Date.parse("2024-05-09T00:00:00Z")],
    ["P7D", Date.parse("2024-05-03T12:00:00Z")],
    ["P1W", Date.parse("2024-05-03T12:00:00Z")],
    ["PT90M", Date.parse("2024-05-10T10:30:00Z")],
  ];
  for (const [text, expected] of cases) assert.equal(parseExcludeNewer(text, now).getTime(), expected, text);
});

test("rejects anything else", () => {
  for (const text of [
    "",
    "soon",
    "2024-13-01T00:00:00Z",
    "2024-05-01T12:00:00",
    "7",
    "P",
    "PT",
    "-1 days",
    "20240501",
  ]) {
    assert.throws(() => parseExcludeNewer(text, now), failure("invalid-configuration"), text);
  }
});
