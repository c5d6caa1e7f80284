import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { allowedPythons } from "../../../src/operations/bounds/allowed-pythons.ts";
import { parseSpecifierSet, parseVersion } from "../../../src/vocab/version/index.ts";

describe("allowedPythons lists the minor versions that `requires-python` allows, with their highest patch version", () => {
  const table: readonly (readonly [requires: string, newest: string, pythons: readonly string[]])[] = [
    [">=3.11", "3.13.1", ["3.11.30", "3.12.30", "3.13.30"]],
    [">=3.11.4", "3.12.0", ["3.11.30", "3.12.30"]],
    [">=3.10,<3.12", "3.14.3", ["3.10.30", "3.11.30"]],
    [">=3.10,!=3.11.*", "3.12.1", ["3.10.30", "3.12.30"]],
    [">=3.11,<3.12.5", "3.14.3", ["3.11.30", "3.12.4"]],
    ["==3.12.4", "3.14.3", ["3.12.4"]],
    ["~=3.12", "3.14.3", ["3.12.30", "3.13.30", "3.14.30"]],
    [">=3.15", "3.14.3", []],
    [">=3", "3.8.0", ["3.6.30", "3.7.30", "3.8.30"]],
    [">=2.7", "3.7.0", ["3.6.30", "3.7.30"]],
  ];
  for (const [requires, newest, pythons] of table) {
    test(`${requires} up to ${newest}`, () => {
      assert.deepEqual(allowedPythons(parseSpecifierSet(requires), parseVersion(newest)), pythons);
    });
  }
});
