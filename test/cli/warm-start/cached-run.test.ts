import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { programOf } from "../../../src/cli/warm-start/cached-run.ts";
import { envEntryPath } from "../../../src/cli/warm-start/entry-path.ts";
import { type CachedEnv, writeEnvEntry } from "../../../src/cli/warm-start/env-entry.ts";
import { newWarmFixture, type WarmFixture } from "./warm-fixture.ts";

/** Makes a fixture with a cache entry for `own`, the options of `posy run`. */
async function newEntry(own: readonly string[] = [], about: Partial<CachedEnv> = {}): Promise<WarmFixture> {
  const fixture = await newWarmFixture();
  const { home, environment, env, blueprint } = fixture;
  const before = process.cwd();
  process.chdir(fixture.cwd);
  const path = envEntryPath(own, home, environment);
  process.chdir(before);
  assert.ok(path !== undefined);
  await writeEnvEntry(path, env, blueprint, [], { commands: [], envFiles: [], ...about }, home);
  return fixture;
}

const tool = (args: string, variables = "|") => `tool ${args} ${variables}|ROOT/home/data/envs-v1/key-1.0\n`;
// Without Bun nothing is cached, and on Windows the scripts of the fixture are no programs.
const skip = typeof Bun === "undefined" || process.platform === "win32";

describe("`posy run` from the cache", { skip }, () => {
  test("starts the program in the Env of the entry", async () => {
    using fixture = await newEntry(["--with", "six"]);
    const { status, stdout, stderr } = fixture.run("run", ["--with", "six", "tool", "--with", "x"]);
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: tool("--with x"), stderr: "" });
  });

  test("ends as the program ends", async () => {
    using fixture = await newEntry();
    assert.equal(fixture.run("run", ["end", "7"]).status, 7);
  });

  test("passes on the soft limit of open files that the launcher recorded", async () => {
    using fixture = await newEntry();
    assert.equal(fixture.run("run", ["limit"], { POSY_OPEN_FILES: "200" }).stdout, "[] 200\n");
  });

  test("leaves the rest to the whole program if there is no entry for the options", async () => {
    using fixture = await newEntry();
    for (const args of [
      ["--with", "other", "tool"],
      ["--refresh", "tool"],
    ]) {
      assert.equal(fixture.run("run", args).stdout, "returned undefined\n");
    }
  });

  test("leaves the rest to the whole program if the program or the Env is missing", async () => {
    using fixture = await newEntry();
    assert.equal(fixture.run("run", ["quite-unknown"]).stdout, "returned undefined\n");
    writeFileSync(join(fixture.cwd, "plain"), "", { mode: 0o644 });
    assert.equal(fixture.run("run", ["./plain"]).stdout, "returned undefined\n");
    rmSync(fixture.env.prefix, { recursive: true });
    assert.equal(fixture.run("run", ["tool"]).stdout, "returned undefined\n");
  });

  test("looks a program up on the PATH of each start", async () => {
    using fixture = await newEntry();
    const folder = join(fixture.cwd, "programs");
    assert.equal(fixture.run("run", ["mine"]).stdout, "returned undefined\n");
    mkdirSync(folder);
    writeFileSync(join(folder, "mine"), "#!/bin/sh\necho mine\n", { mode: 0o755 });
    assert.equal(fixture.run("run", ["mine"], { PATH: `${folder}:/bin:/usr/bin` }).stdout, "mine\n");
  });

  test("tells a command of the project from a program", async () => {
    using fixture = await newEntry([], { commands: ["tool"] });
    assert.equal(fixture.run("run", ["tool"]).stdout, "returned of-project\n");
    assert.equal(fixture.run("run", ["--", "tool", "x"]).stdout, tool("x"));
    assert.equal(fixture.run("run", ["end", "3"]).status, 3);
  });

  test("leaves a command of the project with options to the whole program", async () => {
    using fixture = await newEntry(["--env", "docs"], { commands: ["tool"] });
    assert.equal(fixture.run("run", ["--env", "docs", "tool"]).stdout, "returned undefined\n");
  });

  test("sets the variables of the project's files and of `--env-file`, which takes precedence", async () => {
    using fixture = await newWarmFixture();
    const path = join(fixture.root, "project.env");
    writeFileSync(path, "ONE=project\nTWO=project\n");
    writeFileSync(join(fixture.cwd, "typed.env"), "TWO=typed\n");
    const typed = ["--env-file", join(fixture.cwd, "typed.env")];
    for (const [own, about, printed] of [
      [[], { envFiles: [{ path, optional: false }] }, "project|project"],
      [typed, { envFiles: [{ path, optional: false }] }, "project|typed"],
      [typed, {}, "|typed"],
      [[`--env-file=${typed[1]}`], {}, "|typed"],
    ] as const) {
      const entry = envEntryPath(own, fixture.home, fixture.environment) ?? "";
      await writeEnvEntry(
        entry,
        fixture.env,
        fixture.blueprint,
        [],
        {
          commands: [],
          envFiles: [],
          ...about,
        },
        fixture.home,
      );
      assert.equal(fixture.run("run", [...own, "tool", "x"]).stdout, tool("x", printed));
    }
  });

  test("fails if a file with variables is missing", async () => {
    const path = "/nowhere/.env";
    using fixture = await newEntry([], { envFiles: [{ path, optional: false }] });
    assert.match(fixture.run("run", ["tool"]).stdout, /^returned .*\/nowhere\/\.env/);
  });

  test("starts a script with a block by Python, in the Env of the block", async () => {
    using fixture = await newWarmFixture();
    const path = join(fixture.cwd, "script.py");
    const text = (requirement: string) =>
      `# /// script\n# dependencies = ["${requirement}"]\n# ///\nprint(1)\n`;
    writeFileSync(path, text("six"));
    const key = ["-q", "--script", path, '--script-block=dependencies = ["six"]\n'];
    const entry = envEntryPath(key, fixture.home, fixture.environment) ?? "";
    await writeEnvEntry(
      entry,
      fixture.env,
      fixture.blueprint,
      [],
      { commands: [], envFiles: [] },
      fixture.home,
    );
    assert.equal(fixture.run("run", ["-q", "./script.py", "x"]).stdout, "python ./script.py x\n");
    writeFileSync(path, `${text("six")}print(2)\n`);
    assert.equal(fixture.run("run", ["-q", "./script.py", "x"]).stdout, "python ./script.py x\n");
    writeFileSync(path, text("attrs"));
    assert.equal(fixture.run("run", ["-q", "./script.py", "x"]).stdout, "returned undefined\n");
  });

  for (const [option, ...own] of [["--script"], ["-s"], ["-qs", "-q", "-s"]] as const) {
    test(`starts a file of any name by Python with \`${option}\``, async () => {
      using fixture = await newEntry(own.length > 0 ? own : [option]);
      writeFileSync(join(fixture.cwd, "tool"), "print(1)\n");
      assert.equal(fixture.run("run", [option, "tool", "x"]).stdout, "python tool x\n");
    });
  }

  test("leaves a script from standard input or the web to the whole program", async () => {
    using fixture = await newEntry();
    for (const command of ["-", "https://example.org/x.py"]) {
      assert.equal(fixture.run("run", [command]).stdout, "returned undefined\n");
    }
    // A URL never means a file.
    mkdirSync(join(fixture.cwd, "https:", "example.org"), { recursive: true });
    writeFileSync(join(fixture.cwd, "https:", "example.org", "x.py"), "");
    assert.equal(fixture.run("run", ["https://example.org/x.py"]).stdout, "returned undefined\n");
    assert.equal(fixture.run("run", ["tool", "-"]).stdout, tool("-"));
  });

  test("runs a script that begins with `posy run` by Python", async () => {
    using fixture = await newEntry();
    writeFileSync(join(fixture.cwd, "script"), "#!/usr/bin/env -S posy run\n", { mode: 0o755 });
    assert.equal(fixture.run("run", ["./script", "x"]).stdout, "python ./script x\n");
    // Without a slash, the name is that of a program, whatever is in the current folder.
    writeFileSync(join(fixture.cwd, "tool"), "#!/usr/bin/env -S posy run\n", { mode: 0o755 });
    assert.equal(fixture.run("run", ["tool", "x"]).stdout, tool("x"));
  });
});

test("only a command with a slash may be a script that starts itself", async () => {
  assert.deepEqual(await programOf(["tool", "x"]), ["tool", "x"]);
  assert.deepEqual(await programOf(["./missing", "x"]), ["./missing", "x"]);
  assert.deepEqual(await programOf([]), []);
});
