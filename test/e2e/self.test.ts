import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { sha256OfFile } from "../../src/system/fs/index.ts";
import { assertFailed, newSandbox, posyCommand, type Sandbox } from "../support/posy.ts";
import { programAtTerminal } from "../support/terminal.ts";

const isCompiled = posyCommand.length === 1;

describe("posy self", () => {
  test("info prints the version, how Posy was installed, and its folders", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    const { stdout } = await sandbox.posy(["self", "info"], { env: { POSY_RELEASES: "/releases" } });
    for (const line of [/^version {8}\d/m, /^installed as /m, /^releases {7}\/releases$/m])
      assert.match(stdout, line);
    const data = JSON.parse((await sandbox.posy(["self", "info", "--json"])).stdout) as Record<
      string,
      unknown
    >;
    assert.equal(data["store"], join(sandbox.home, "data"));
    assert.equal(data["kind"], isCompiled ? "file" : "clone");
    assert.equal(data["releases"], null);
  });

  test("update and uninstall of a clone name what does it", { skip: isCompiled }, async () => {
    using sandbox = await newSandbox({ interpreter: false });
    assertFailed(await sandbox.posy(["self", "update"]), 2, /installed by cloning/, /git pull/);
    assertFailed(
      await sandbox.posy(["self", "uninstall", "--yes"]),
      2,
      /installed by cloning/,
      /removing the folder/,
    );
  });
});

describe("posy self, as a single file", { skip: !isCompiled && "needs the compiled program" }, () => {
  /** Copies the program into the sandbox, and runs the copy. */
  function install(sandbox: Sandbox) {
    const bin = join(realpathSync(sandbox.root), "bin");
    mkdirSync(bin);
    const path = join(bin, "posy");
    copyFileSync(posyCommand[0] ?? "", path);
    const env = { PATH: process.env["PATH"], POSY_HOME: sandbox.home, HOME: join(sandbox.root, "user") };
    const run = (...args: readonly string[]) =>
      spawnSync(path, args, { cwd: sandbox.cwd, env, encoding: "utf8" });
    return { path, run };
  }

  test("update replaces the running program, and tells that nothing is newer", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    const { path, run } = install(sandbox);
    const { platform } = JSON.parse(run("self", "info", "--json").stdout) as { platform: string };
    const release = join(sandbox.root, "release");
    mkdirSync(release);
    const file = join(release, `posy-${platform}`);
    const sums = async () => {
      const text = `${await sha256OfFile(file)}  posy-${platform}\n`;
      writeFileSync(join(release, "SHA256SUMS"), text);
    };
    copyFileSync(path, file);
    await sums();
    assert.match(run("self", "update", "--from", "../release").stdout, /is the newest\n$/);
    writeFileSync(file, "#!/bin/sh\necho posy 99.0\n");
    await sums();
    const updated = run("self", "update", "--from", release);
    assert.match(updated.stdout, /bin\/posy: \S+ → 99\.0\n$/, updated.stderr);
    assert.equal(run("--version").stdout, "posy 99.0\n");
  });

  test("uninstall asks at a terminal, and needs `--yes` elsewhere", async () => {
    using sandbox = await newSandbox();
    const { path, run } = install(sandbox);
    const variables = { POSY_HOME: sandbox.home, HOME: join(sandbox.root, "user") };
    const answered = { lines: ["n"], ready: "[y/N] ", variables };
    const refused = await programAtTerminal(sandbox, [path, "self", "uninstall"], answered);
    assert.match(refused.output, /bin\/posy \(the program\)[^]*nothing was removed/);
    assert.deepEqual([refused.status, existsSync(path)], [1, true]);
    const asked = run("self", "uninstall");
    assert.deepEqual([asked.status, existsSync(path)], [2, true]);
    assert.match(asked.stderr, /hint: `--yes`/);
    assert.equal(run("self", "uninstall", "--yes").status, 0);
    assert.equal(existsSync(path), false);
  });
});
