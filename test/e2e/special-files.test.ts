import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertPrinted, newSandbox } from "../support/posy.ts";

const python = ["--", "python", "-c", "import one; print('ok')"];
const wheel = makeWheel({ name: "one", version: "1.0", files: { "one.py": "" } });

/** Commands that read the file at `path`. */
const readers: readonly { title: string; name: string; args: (path: string) => readonly string[] }[] = [
  { title: "a requirements file", name: "r.txt", args: (path) => ["resolve", "-r", path] },
  { title: "a constraints file", name: "c.txt", args: (path) => ["resolve", "one", "-c", path] },
  { title: "a lock", name: "pylock.toml", args: (path) => ["run", "-r", path, ...python] },
  {
    title: "a file of variables",
    name: "v.env",
    args: (path) => ["run", "--env-file", path, "--", "python"],
  },
  { title: "certificates", name: "c.pem", args: (path) => ["resolve", "one", "--cert", path] },
  { title: "a wheel", name: "one-1.0-py3-none-any.whl", args: (path) => ["resolve", path] },
  { title: "a source distribution", name: "one-1.0.tar.gz", args: (path) => ["resolve", path] },
  {
    title: "a page of links",
    name: "links.html",
    args: (path) => ["resolve", "one", "--no-index", "-f", path],
  },
  {
    title: "an interpreter",
    name: "cpython-3.12.1-linux_x86_64.pybi",
    args: (path) => ["pybi", "check", path],
  },
];

describe("a path that is neither a file nor a folder is rejected at once", () => {
  for (const { title, name, args } of readers) {
    for (const [kind, make] of Object.entries<(path: string) => void>({
      "a pipe": (path) => execFileSync("mkfifo", [path]),
      "an endless device": (path) => symlinkSync("/dev/zero", path),
    })) {
      test(`${kind} instead of ${title}`, async () => {
        using sandbox = await newSandbox();
        const path = join(sandbox.cwd, name);
        make(path);
        await using index = await startIndex({ files: [wheel] });
        const run = await sandbox.posy(args(path), { env: { UV_DEFAULT_INDEX: index.url }, timeout: 20_000 });
        assert.notEqual(run.status, 0);
        assert.match(run.stdout + run.stderr, /is a (named pipe|device)|no certificates could be read/);
      });
    }
  }

  for (const name of ["pyproject.toml", "pylock.toml", "uv.toml"]) {
    test(`a pipe instead of the project's \`${name}\``, async () => {
      using sandbox = await newSandbox();
      const project = '[project]\nname = "app"\nversion = "1"\n';
      if (name !== "pyproject.toml") writeFileSync(join(sandbox.cwd, "pyproject.toml"), project);
      execFileSync("mkfifo", [join(sandbox.cwd, name)]);
      const run = await sandbox.posy(["lock", "--offline"], { timeout: 20_000 });
      assert.notEqual(run.status, 0);
      assert.match(run.stderr, new RegExp(`${name}\` is a named pipe`));
    });
  }

  test("a pipe in a folder that is built", async () => {
    using sandbox = await newSandbox();
    mkdirSync(join(sandbox.cwd, "source"));
    execFileSync("mkfifo", [join(sandbox.cwd, "source", "pyproject.toml")]);
    const run = await sandbox.posy(["run", "--with", "./source", "--", "python"], { timeout: 20_000 });
    assert.notEqual(run.status, 0);
    assert.match(run.stderr, /is a named pipe|neither/);
  });
});

test("requirements may come through a pipe of the shell", async () => {
  await using index = await startIndex({ files: [wheel] });
  using sandbox = await newSandbox();
  const env = { UV_DEFAULT_INDEX: index.url };
  const substitution = '"$@" -r <(sleep 0.2; echo one) -- python -c "import one; print(1)"';
  assertPrinted(await sandbox.posy(["run"], { env, shell: substitution }), "1\n");
  const standardInput = { env, stdin: "one\n" };
  assertPrinted(await sandbox.posy(["run", "-r", "/dev/stdin", ...python], standardInput), "ok\n");
  assertPrinted(await sandbox.posy(["run", "-r", "-", ...python], standardInput), "ok\n");
});

test("endless requirements are rejected", async () => {
  using sandbox = await newSandbox();
  const run = await sandbox.posy(["resolve"], { shell: '"$@" -r <(yes)', timeout: 30_000 });
  assert.equal(run.status, 73);
  assert.match(run.stderr, /has more than 128 MiB/);
});
