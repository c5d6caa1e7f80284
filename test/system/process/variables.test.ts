import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { variableOf, withVariables } from "../../../src/system/process/index.ts";

describe("a variable", () => {
  test("is found by a name in any case on Windows, and by its exact name elsewhere", () => {
    const environment = { Path: "first", other: "second" };
    assert.equal(variableOf(environment, "PATH", "win32"), "first");
    assert.equal(variableOf(environment, "OTHER", "win32"), "second");
    assert.equal(variableOf(environment, "none", "win32"), undefined);
    assert.equal(variableOf(environment, "PATH", "linux"), undefined);
    assert.equal(variableOf(environment, "Path", "linux"), "first");
  });
});

describe("changes of variables", () => {
  test("replace a variable whose name differs in case on Windows, under the earlier name", () => {
    const environment = { Path: "old", Kept: "kept", PythonHome: "home" };
    const changes = { PATH: "new", added: "added", ADDED: "later", PYTHONHOME: undefined };
    assert.deepEqual(withVariables(environment, changes, "win32"), {
      Path: "new",
      Kept: "kept",
      PythonHome: undefined,
      added: "later",
    });
    assert.deepEqual(environment, { Path: "old", Kept: "kept", PythonHome: "home" });
  });

  test("are separate variables elsewhere if their names differ in case", () => {
    assert.deepEqual(withVariables({ Path: "old" }, { PATH: "new" }, "linux"), { Path: "old", PATH: "new" });
  });
});
