import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { childEnvironment } from "../../../src/operations/run/start-command.ts";

const root = realpathSync(mkdtempSync(join(tmpdir(), "posy-start-")));
after(() => rmSync(root, { recursive: true }));
const prefix = join(root, "env");
const scripts = join(prefix, "bin");
const cwd = join(root, "folder");
const onPath = join(root, "path");
for (const folder of [scripts, cwd, onPath, join(cwd, "package"), join(cwd, "plain"), join(cwd, "tool")]) {
  mkdirSync(folder, { recursive: true });
}
/** Prints the path that it was started with, its arguments, and some variables. */
const printing = `#!/bin/sh
printf '%s\\n' "$0" "$@" "[$VIRTUAL_ENV|$BUN_OPTIONS|$BUN_BE_BUN|$PYTHONHOME|$OTHER]"
`;
for (const file of [
  join(scripts, "python"),
  join(scripts, "tool"),
  join(onPath, "outside"),
  join(cwd, "run.sh"),
]) {
  writeFileSync(file, printing, { mode: 0o755 });
}
writeFileSync(join(onPath, "refused"), printing, { mode: 0o644 });
for (const file of ["script.py", "window.PYW", "archive.pyz", "notes.txt", "package/__main__.py"]) {
  writeFileSync(join(cwd, file), "");
}

const env = { key: "env", prefix, python: join(scripts, "python"), scripts };
const child = fileURLToPath(new URL("start-child.ts", import.meta.url));

/** Starts a command in another process, which it replaces. Returns the lines that were printed. */
function start(command: readonly string[], variables: NodeJS.ProcessEnv = {}): readonly string[] {
  const done = spawnSync(process.execPath, [child, JSON.stringify({ command, env })], {
    cwd,
    encoding: "utf8",
    env: { ...process.env, PATH: `${onPath}${delimiter}${process.env["PATH"]}`, ...variables },
  });
  assert.equal(done.stderr, "");
  assert.equal(done.status, 0);
  return done.stdout.trimEnd().split("\n");
}

/** Asserts that a command becomes a program with these arguments. */
function assertStarts(command: readonly string[], started: readonly string[]): void {
  assert.deepEqual(start(command).slice(0, -1), started);
}

// Node can't replace a process, and `process.execPath` does not run TypeScript there.
const skip = process.platform === "win32" || typeof Bun === "undefined";

describe("a command is started", { skip }, () => {
  test("only if its environment was not removed meanwhile", () => {
    const gone = { ...env, prefix: join(root, "gone"), python: join(root, "gone", "bin", "python") };
    const done = spawnSync(process.execPath, [child, JSON.stringify({ command: ["outside"], env: gone })]);
    assert.equal(done.stdout.toString(), '"changed"\n');
  });

  test("from the environment, by its whole path, with its arguments", () => {
    assertStarts(["tool", "a b", ""], [join(scripts, "tool"), "a b", ""]);
  });

  test("from the PATH", () => assertStarts(["outside", "x"], [join(onPath, "outside"), "x"]));

  test("from the PATH, and knows itself by the name that was typed", () => {
    assert.deepEqual(start(["sh", "-c", 'echo "$0"']), ["sh"]);
  });

  test("by its path", () => assertStarts(["./run.sh", "x"], [join(cwd, "run.sh"), "x"]));

  const python = join(scripts, "python");
  const rows: readonly (readonly [title: string, command: readonly string[], started: readonly string[]])[] =
    [
      ["for no command", [], []],
      ["for a program on standard input", ["-", "x"], ["-", "x"]],
      ["for a script", ["script.py", "x"], ["script.py", "x"]],
      ["for a script with another ending", ["window.PYW"], ["window.PYW"]],
      ["for an archive", ["archive.pyz"], ["archive.pyz"]],
      ["for a folder with `__main__.py`", ["./package", "x"], ["./package", "x"]],
    ];
  for (const [title, command, started] of rows) {
    test(`with Python ${title}`, () => assertStarts(command, [python, ...started]));
  }

  test("with Python for the current folder if it has `__main__.py`", () => {
    writeFileSync(join(cwd, "__main__.py"), "");
    try {
      assertStarts(["."], [python, "."]);
    } finally {
      rmSync(join(cwd, "__main__.py"));
    }
  });

  test("and not with Python if a folder has the same name", () =>
    assertStarts(["tool"], [join(scripts, "tool")]));

  for (const name of ["package", "missing.py", "notes.txt", "./plain"]) {
    test(`and not found: ${name}`, () => assert.deepEqual(start([name]), ['"not-found"']));
  }

  test("or reported as not executable", () => {
    assert.deepEqual(start(["refused"]), [JSON.stringify({ notExecutable: join(onPath, "refused") })]);
  });

  for (const command of [
    ["pip", "install", "six"],
    ["python", "-m", "pip", "install", "six"],
  ]) {
    test(`or refused because it would change the environment: ${command.join(" ")}`, () => {
      const [message = ""] = start(command);
      assert.match(message, /would change an environment that Posy never changes/);
    });
  }

  test("with the variables of the environment, and without those that change a Bun program", () => {
    const variables = { BUN_OPTIONS: "--no-install", BUN_BE_BUN: "", PYTHONHOME: "/nowhere", OTHER: "x" };
    assert.equal(start(["tool"], variables).at(-1), `[${prefix}||||x]`);
  });
});

test("the variables of a program in an environment", () => {
  const base = {
    BUN_OPTIONS: "x",
    BUN_BE_BUN: "1",
    PYTHONHOME: "/nowhere",
    POSY_HOME: resolve("/posy"),
    PATH: "/bin",
    OTHER: "x",
  };
  const variables = childEnvironment(env, base);
  const guards = resolve("/posy", "data", "guards-v1");
  // A run within a run has the folder already.
  const again = childEnvironment(env, variables)["PATH"] ?? "";
  assert.equal(again.split(delimiter).filter((path) => path === guards).length, 1);
  assert.deepEqual(
    { ...variables, PYTHONHOME: undefined },
    {
      PATH: [scripts, guards, "/bin"].join(delimiter),
      VIRTUAL_ENV: prefix,
      PYTHONHOME: undefined,
      POSY_HOME: base.POSY_HOME,
      OTHER: "x",
    },
  );
  assert.equal(variables["PYTHONHOME"], undefined);
  assert.ok(!("BUN_OPTIONS" in variables) && !("BUN_BE_BUN" in variables));
  assert.equal(base.BUN_OPTIONS, "x");
});
