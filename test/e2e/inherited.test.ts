import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, test } from "node:test";
import { assertPrinted, newSandbox, type Sandbox } from "../support/posy.ts";

const noIndex = { UV_NO_INDEX: "1" };

/** A project with a command that runs `script` twice: first as a child, then in place of Posy. */
async function newProject(script: string): Promise<Sandbox> {
  const sandbox = await newSandbox();
  const lines = [
    "[project]",
    'name = "app"',
    'version = "0.1"',
    "[tool.posy]",
    'platforms = ["linux-x86_64"]',
    "[tool.posy.commands]",
    'twice = { all = ["sh script.sh", "sh script.sh"] }',
    "",
  ];
  writeFileSync(join(sandbox.cwd, "pyproject.toml"), lines.join("\n"));
  writeFileSync(join(sandbox.cwd, "script.sh"), script);
  writeFileSync(join(sandbox.cwd, "text"), "text\n");
  return sandbox;
}

describe("a program of `posy run` and of a project command", { skip: process.platform !== "linux" }, () => {
  for (const number of [3, 4, 7, 50]) {
    test(`inherits file descriptor ${number} from the caller`, async () => {
      using sandbox = await newProject(
        `python -c "import os; print(os.read(${number}, 5).decode(), end='')"`,
      );
      const shell = `exec ${number}< <(yes text 2>/dev/null); exec "$@"`;
      for (const args of [
        ["run", "--", "sh", "script.sh"],
        ["run", "--refresh", "--", "sh", "script.sh"],
      ]) {
        assertPrinted(await sandbox.posy(args, { env: noIndex, shell }), "text\n");
      }
      assertPrinted(await sandbox.posy(["twice"], { env: noIndex, shell }), "text\ntext\n");
    });
  }

  test("reads a process substitution of a shell: `posy run python <(…)`", async () => {
    using sandbox = await newSandbox();
    const run = await sandbox.posy(["run", "--", "python"], {
      env: noIndex,
      shell: `"$@" <(echo 'print("substituted")')`,
    });
    assertPrinted(run, "substituted\n");
  });

  test("inherits no file descriptor that Posy opened", async () => {
    using sandbox = await newProject("ls /proc/self/fd | wc -l");
    const run = await sandbox.posy(["twice"], { env: noIndex, shell: 'exec 7</dev/null; exec "$@"' });
    // Standard streams, the caller's descriptor, and the folder that `ls` reads.
    assertPrinted(run, "5\n5\n");
  });
});

describe("a program gets the caller's soft limit of open files", {
  skip: process.platform === "win32",
}, () => {
  const limit = "ulimit -Sn; ulimit -Hn";

  test("from the launcher", async () => {
    using sandbox = await newProject(`${limit}; env | grep -c POSY_OPEN_FILES || true`);
    const shell = `ulimit -Sn 200; ulimit -Hn 300; exec "${resolve("posy")}" "$@"`;
    const env = { ...process.env, ...noIndex, POSY_HOME: sandbox.home, POSY_PYTHON_MIRROR: "off" };
    for (const args of [["run", "--", "sh", "script.sh"], ["twice"]]) {
      const run = spawnSync("bash", ["-c", shell, "posy", ...args], {
        env,
        cwd: sandbox.cwd,
        encoding: "utf8",
      });
      const once = "200\n300\n0\n";
      assert.equal(run.stdout, args.length === 1 ? once.repeat(2) : once, run.stderr);
    }
  });

  test("from the parent process, without the launcher", { skip: process.platform !== "linux" }, async () => {
    using sandbox = await newProject(limit);
    const shell = 'ulimit -Sn 200; ulimit -Hn 300; "$@"; exit $?';
    assertPrinted(await sandbox.posy(["twice"], { env: noIndex, shell }), "200\n300\n".repeat(2));
  });
});

test("a step of a project command may be a script without `#!`, as in a shell", async () => {
  using sandbox = await newProject("echo script");
  spawnSync("chmod", ["+x", join(sandbox.cwd, "script.sh")]);
  const text =
    '[tool.posy]\nplatforms = ["linux-x86_64"]\n[tool.posy.commands]\nplain = { all = ["./script.sh", "./script.sh"] }\n';
  writeFileSync(join(sandbox.cwd, "pyproject.toml"), `[project]\nname = "app"\nversion = "0.1"\n${text}`);
  assertPrinted(await sandbox.posy(["plain"], { env: noIndex }), "script\nscript\n");
});
