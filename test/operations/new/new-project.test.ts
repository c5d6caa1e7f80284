import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { PosyError } from "../../../src/errors/posy-error.ts";
import { buildBackendNames } from "../../../src/operations/new/build-backends.ts";
import { newProject } from "../../../src/operations/new/new-project.ts";
import { choosePython } from "../../../src/operations/new/python-choice.ts";
import { roleOf } from "../../../src/operations/new/requirements-role.ts";
import { writeProject } from "../../../src/operations/new/write-project.ts";
import { parseProject } from "../../../src/project/pyproject/read-project.ts";
import { parseProjectTable } from "../../../src/vocab/metadata/project-table.ts";

const python = choosePython(undefined);

describe("newProject", () => {
  for (const backend of buildBackendNames) {
    test(`makes a complete package for ${backend}`, async () => {
      const files = newProject("My.Lib", { kind: "lib", backend }, python);
      const project = await parseProject(files.get("pyproject.toml") ?? "", "/p/pyproject.toml");
      assert.ok(project.isPackage);
      assert.equal(project.name, "my-lib");
      assert.deepEqual([...project.groups.keys()], ["dev"]);
      assert.deepEqual(parseProjectTable(project.document.value["project"]).warnings, []);
      assert.ok(files.has("src/my_lib/__init__.py") && files.has("tests/test_my_lib.py"));
    });
  }
  test("makes an application with a script and a command that starts it", async () => {
    const files = newProject("homework1", { kind: "app" }, python);
    const project = await parseProject(files.get("pyproject.toml") ?? "", "/p/pyproject.toml");
    assert.equal(project.isPackage, false);
    assert.deepEqual([...project.commands.keys()], ["start"]);
    assert.ok(files.has("main.py"));
  });
  test("makes a notebook that is valid JSON", () => {
    const files = newProject("a", { kind: "notebook" }, python);
    assert.equal(JSON.parse(files.get("a.ipynb") ?? "").nbformat, 4);
  });
  for (const name of ["class", "3d"]) {
    test(`rejects a package \`${name}\`, which could not be imported`, () => {
      assert.throws(() => newProject(name, { kind: "lib", backend: "flit" }, python), PosyError);
      newProject(name, { kind: "app" }, python);
    });
  }

  const choices: Record<string, readonly [requires: string, pin?: string]> = {
    "3.12": [">=3.12", "3.12"],
    "3.12.4": [">=3.12", "3.12.4"],
    "3": [">=3", "3"],
    ">=3.10,<3.14": [">=3.10,<3.14"],
    "==3.12.*": ["==3.12.*"],
    "pypy3.11": [">=3.11", "pypy3.11"],
    "3.14t": [">=3.14", "3.14t"],
  };
  for (const [request, [requires, pin]] of Object.entries(choices)) {
    test(`for Python ${request} writes \`requires-python\` ${requires} and pins ${pin ?? "nothing"}`, () => {
      assert.deepEqual(choosePython(request), pin === undefined ? { requires } : { requires, pin });
    });
  }
  test("rejects the path of a Python", () => {
    assert.throws(() => choosePython("./python"), /does not say which versions/);
  });

  test("is written into an empty folder only", async () => {
    const root = mkdtempSync(join(tmpdir(), "posy-new-"));
    try {
      const folder = join(root, "a");
      mkdirSync(folder);
      await writeProject(folder, new Map([["b/c", "d"]]));
      assert.equal(readFileSync(join(folder, "b", "c"), "utf8"), "d");
      await assert.rejects(writeProject(folder, new Map([["e", ""]])), /is not empty/);
      writeFileSync(join(root, "f"), "");
      await assert.rejects(writeProject(join(root, "f"), new Map()), PosyError);
      assert.deepEqual(readdirSync(root).sort(), ["a", "f"]);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});

describe("roleOf knows a requirements file by its name:", () => {
  const roles: Record<string, string> = {
    "requirements.txt": "dependencies",
    "requirements.in": "dependencies",
    "requirements-dev.txt": "dev",
    "dev-requirements.txt": "dev",
    "requirements_test.txt": "test",
    "requirements/base.txt": "dependencies",
    "requirements/docs.in": "docs",
    "requirements-unit.tests.txt": "unit-tests",
    "constraints.txt": "constraints",
    "requirements-lock.txt": "lock",
    "notes.txt": "",
    "requirements.md": "",
    "requirements/x/y.txt": "",
  };
  for (const [path, comes] of Object.entries(roles)) {
    test(`\`${path}\` ${comes ? `is ${comes}` : "is not a requirements file"}`, () => {
      const role = roleOf(path);
      assert.equal(role === undefined ? "" : role.kind === "group" ? role.name : role.kind, comes);
    });
  }
});
