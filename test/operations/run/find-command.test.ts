import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, describe, test } from "node:test";
import { findCommand } from "../../../src/operations/run/find-command.ts";

const root = mkdtempSync(join(tmpdir(), "posy-find-"));
after(() => rmSync(root, { recursive: true }));

/** Makes folders with files: a program, or a file without permission to execute. */
const tree: Readonly<Record<string, Readonly<Record<string, "program" | "file" | "folder">>>> = {
  scripts: { python: "program", black: "program", "data.txt": "file" },
  one: { black: "program", git: "file", make: "program", tool: "folder", "dos.com": "program" },
  two: { git: "program", make: "program", only: "file" },
  windows: {
    "run.exe": "program",
    "run.cmd": "program",
    "run.cmd.exe": "program",
    "other.bat": "program",
    bare: "program",
    "plain.exe": "file",
    "back\\slash": "program",
  },
};
for (const [folder, files] of Object.entries(tree)) {
  mkdirSync(join(root, folder));
  for (const [name, kind] of Object.entries(files)) {
    if (kind === "folder") mkdirSync(join(root, folder, name));
    else writeFileSync(join(root, folder, name), "", { mode: kind === "program" ? 0o755 : 0o644 });
  }
}

const scripts = join(root, "scripts");
const find = (name: string, folders = ["one", "two"]) => {
  const path = folders.map((folder) => (folder === "" ? "" : join(root, folder))).join(delimiter);
  return findCommand(name, scripts, { PATH: path }, "linux");
};
const found = (path: string, inEnv = false) => ({ kind: "found", file: join(root, path), inEnv });

describe("findCommand", { skip: process.platform === "win32" }, () => {
  const rows: readonly (readonly [title: string, result: object, expected: object])[] = [
    [
      "finds a program of the environment before those on the PATH",
      find("black"),
      found("scripts/black", true),
    ],
    ["finds the first program on the PATH", find("make"), found("one/make")],
    ["goes by the order of the PATH", find("make", ["two", "one"]), found("two/make")],
    ["passes over a file that is not executable", find("git"), found("two/git")],
    [
      "reports a file that is not executable if there is no other",
      find("only"),
      { kind: "not-executable", file: join(root, "two/only") },
    ],
    ["tries no endings", find("dos"), { kind: "not-found" }],
    ["passes over folders", find("tool"), { kind: "not-found" }],
    ["finds nothing", find("nowhere"), { kind: "not-found" }],
    [
      "does not look in the current folder for an empty entry",
      find("package.json", [""]),
      { kind: "not-found" },
    ],
    ["takes a name with a slash as a path", find(join(root, "two", "make")), found("two/make")],
    [
      "reports a path that is not executable",
      find(join(root, "one", "git")),
      { kind: "not-executable", file: join(root, "one/git") },
    ],
    ["finds no path that does not exist", find(`${root}/nowhere/x`), { kind: "not-found" }],
    ["finds no path that is a folder", find(join(root, "one")), { kind: "not-found" }],
    ["finds no path below a file", find(join(root, "one", "make", "x")), { kind: "not-found" }],
  ];
  for (const [title, result, expected] of rows) test(title, () => assert.deepEqual(result, expected));

  const onWindows = (name: string, variables: NodeJS.ProcessEnv = {}) =>
    findCommand(name, scripts, { Path: join(root, "windows"), ...variables }, "win32");

  test("tries the endings of PATHEXT on Windows, in their order", () => {
    assert.deepEqual(onWindows("run"), found("windows/run.exe"));
    assert.deepEqual(onWindows("run", { PATHEXT: ".CMD;.EXE" }), found("windows/run.cmd"));
    assert.deepEqual(onWindows("other", { PATHEXT: ".EXE" }), { kind: "not-found" });
    assert.deepEqual(onWindows("other"), found("windows/other.bat"));
    assert.deepEqual(onWindows("run.cmd"), found("windows/run.cmd"));
    assert.deepEqual(onWindows("bare"), found("windows/bare"));
    assert.deepEqual(onWindows("run", { PATHEXT: ";.EXE" }), found("windows/run.exe"));
  });

  test("reports no file as not executable on Windows, where files have no such permission", () => {
    assert.deepEqual(onWindows("plain"), { kind: "not-found" });
  });

  test("takes a name with a backslash as a path on Windows only", () => {
    assert.deepEqual(find("back\\slash", ["windows"]), found("windows/back\\slash"));
    assert.equal(onWindows("back\\slash").kind, "not-found");
  });
});
