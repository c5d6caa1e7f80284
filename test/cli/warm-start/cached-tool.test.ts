import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { toolKey } from "../../../src/cli/warm-start/cached-tool.ts";
import { envEntryPath } from "../../../src/cli/warm-start/entry-path.ts";
import { writeEnvEntry } from "../../../src/cli/warm-start/env-entry.ts";
import { newWarmFixture, type WarmFixture } from "./warm-fixture.ts";

/** Makes a fixture with a cache entry for a tool. Its Env has `tool`, `end`, `limit`, `g++` and `python`. */
async function newTool(own: readonly string[], word: string): Promise<WarmFixture> {
  const fixture = await newWarmFixture();
  const { home, environment, env, blueprint } = fixture;
  const before = process.cwd();
  process.chdir(fixture.cwd);
  const path = envEntryPath(toolKey(own, word, environment), home, environment);
  process.chdir(before);
  assert.ok(path !== undefined);
  await writeEnvEntry(path, env, blueprint, [], { commands: [], envFiles: [] }, home);
  return fixture;
}

/** Writes the lock of an installed tool. */
function install({ home }: WarmFixture, name: string, lock: string): void {
  mkdirSync(join(home.tools, name), { recursive: true });
  writeFileSync(join(home.tools, name, "pylock.toml"), lock);
}

const printed = (args: string) => `tool ${args} ||ROOT/home/data/envs-v1/key-1.0\n`;
const refused = "returned undefined\n";
// Without Bun nothing is cached, and on Windows the scripts of the fixture are no programs.
const skip = typeof Bun === "undefined" || process.platform === "win32";

describe("`posy tool run` from the cache", { skip }, () => {
  for (const [title, own, word] of [
    ["of the name of the tool", [], "tool"],
    ["of a tool with extras and a version", [], "tool[extra]@1.0"],
    ["of the package that `--from` names", ["--from", "package"], "tool"],
    ["of the package that `--from=` names", ["--from=package"], "tool"],
    ["of an Env with another package", ["--with", "six"], "tool"],
  ] as const) {
    test(`starts the program ${title}`, async () => {
      using fixture = await newTool(own, word);
      const { status, stdout, stderr } = fixture.run("tool", [...own, word, "--version", "x"]);
      assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: printed("--version x"), stderr: "" });
    });
  }

  test("starts a program of `--from` whatever its name is", async () => {
    for (const own of [["--from", "package"], ["--from=package"]]) {
      using fixture = await newTool(own, "g++");
      assert.equal(fixture.run("tool", [...own, "g++", "x"]).stdout, "g++ x\n");
    }
    using without = await newTool([], "g++");
    assert.equal(without.run("tool", ["g++"]).stdout, refused);
  });

  test("ends as the program ends", async () => {
    using fixture = await newTool([], "end");
    assert.equal(fixture.run("tool", ["end", "7"]).status, 7);
  });

  test("passes on the soft limit of open files that the launcher recorded", async () => {
    using fixture = await newTool([], "limit");
    assert.equal(fixture.run("tool", ["limit"], { POSY_OPEN_FILES: "200" }).stdout, "[] 200\n");
  });

  test("leaves other options, packages and versions to the whole program", async () => {
    using fixture = await newTool([], "tool");
    assert.equal(fixture.run("tool", ["tool", "x"]).stdout, printed("x"));
    for (const args of [
      ["--with", "six", "tool"],
      ["--from", "tool", "tool"],
      ["tool@1.0"],
      ["tool[extra]"],
      ["end", "0"],
      ["--refresh", "tool"],
      [],
    ]) {
      assert.equal(fixture.run("tool", args).stdout, refused, args.join(" "));
    }
  });

  test("leaves `@latest`, requirements and URLs to the whole program, even if there is an entry", async () => {
    for (const word of ["tool@latest", "tool>=1", "https://example.org/tool.whl"]) {
      using fixture = await newTool([], word);
      assert.equal(fixture.run("tool", [word]).stdout, refused, word);
    }
    using withoutName = await newTool(["--from", "tool"], "");
    assert.equal(withoutName.run("tool", ["--from", "tool", ""]).stdout, refused);
  });

  test("starts no program of the PATH, and none of an Env that is gone", async () => {
    using fixture = await newTool(["--from", "package"], "mine");
    const folder = join(fixture.cwd, "programs");
    mkdirSync(folder);
    writeFileSync(join(folder, "mine"), "#!/bin/sh\necho mine\n", { mode: 0o755 });
    const PATH = `${folder}:/bin:/usr/bin`;
    assert.equal(fixture.run("tool", ["--from", "package", "mine"], { PATH }).stdout, refused);
    using gone = await newTool([], "tool");
    rmSync(gone.env.prefix, { recursive: true });
    assert.equal(gone.run("tool", ["tool"]).stdout, refused);
  });

  test("leaves a tool that was installed, upgraded or removed since to the whole program", async () => {
    using fixture = await newTool([], "tool");
    install(fixture, "tool", "1");
    assert.equal(fixture.run("tool", ["tool"]).stdout, refused);
    rmSync(join(fixture.home.tools, "tool"), { recursive: true });
    install(fixture, "other", "1");
    assert.equal(fixture.run("tool", ["tool", "x"]).stdout, printed("x"));
  });

  test("finds the installed tool of a name in any spelling", async () => {
    using fixture = await newWarmFixture();
    const keyOf = (word: string) => toolKey([], word, fixture.environment).join(" ").replace(word, "");
    const before = ["My.Tool", "my_tool", "my-tool", "MY--tool[x]@2"].map(keyOf);
    install(fixture, "my-tool", "1");
    const after = ["My.Tool", "my_tool", "my-tool", "MY--tool[x]@2"].map(keyOf);
    assert.equal(new Set(before).size, 1);
    assert.equal(new Set(after).size, 1);
    assert.notEqual(after[0], before[0]);
    // A requirement or URL has no installed tool, and the folder of all tools has no lock.
    const other = keyOf("https://example.org/x.whl");
    writeFileSync(join(fixture.home.tools, "pylock.toml"), "");
    assert.equal(keyOf("https://example.org/x.whl"), other);
  });
});
