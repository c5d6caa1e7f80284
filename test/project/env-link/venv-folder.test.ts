import assert from "node:assert/strict";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { linkEnv, withoutEnvLinks } from "../../../src/project/env-link/env-link.ts";

const root = mkdtempSync(join(tmpdir(), "posy-venv-"));
after(() => rmSync(root, { recursive: true, force: true }));

const scripts = process.platform === "win32" ? "Scripts" : "bin";

/** Creates an Env with these folders. */
function envWith(digit: string, folders: readonly string[]): string {
  const prefix = join(root, "envs-v1", `cpython-3.13.5-${digit.repeat(32)}`);
  for (const folder of folders) mkdirSync(join(prefix, folder), { recursive: true });
  writeFileSync(join(prefix, "pyvenv.cfg"), `home = /python${digit}\n`);
  writeFileSync(join(prefix, "posy-env.json"), "{}");
  return prefix;
}

const first = envWith("a", [scripts, "lib", "share"]);
const second = envWith("b", [scripts, "lib", "etc"]);

function project(name: string): string {
  const folder = join(root, name);
  mkdirSync(folder);
  return folder;
}

const link = (folder: string, prefix = first, venv?: boolean) =>
  linkEnv({ folder, name: "default", prefix, venv });

describe("a project's `.venv`", () => {
  test("is a folder that git ignores, and its subfolders are links to the Env", async () => {
    const folder = project("plain");
    await link(folder);
    const venv = join(folder, ".venv");
    assert.ok(lstatSync(venv).isDirectory());
    assert.deepEqual(readdirSync(venv).sort(), [".gitignore", scripts, "lib", "pyvenv.cfg", "share"].sort());
    assert.equal(readFileSync(join(venv, ".gitignore"), "utf8"), "*\n");
    assert.equal(readFileSync(join(venv, "pyvenv.cfg"), "utf8"), "home = /pythona\n");
    for (const name of [scripts, "lib"])
      assert.equal(realpathSync(join(venv, name)), realpathSync(join(first, name)));
  });

  test("follows the Env when the lock moves, and keeps files that other programs put into it", async () => {
    const folder = project("moving");
    await link(folder);
    writeFileSync(join(folder, ".venv", "CACHEDIR.TAG"), "");
    await link(folder, second);
    const venv = join(folder, ".venv");
    const names = [".gitignore", "CACHEDIR.TAG", scripts, "etc", "lib", "pyvenv.cfg"];
    assert.deepEqual(readdirSync(venv).sort(), names.sort());
    assert.equal(readFileSync(join(venv, "pyvenv.cfg"), "utf8"), "home = /pythonb\n");
    assert.equal(realpathSync(join(venv, "lib")), realpathSync(join(second, "lib")));
  });

  test("is not made with `venv = false` or for another environment than `default`", async () => {
    const folder = project("without");
    await link(folder, first, false);
    await linkEnv({ folder, name: "docs", prefix: first, venv: true });
    assert.ok(!existsSync(join(folder, ".venv")));
  });

  test("stays as it is if Posy did not make it, which is reported once", async () => {
    for (const [name, put] of Object.entries({
      venv: (path: string) => mkdirSync(join(path, scripts), { recursive: true }),
      link: (path: string) => symlinkSync(join(root, "elsewhere"), path),
      file: (path: string) => writeFileSync(path, "precious"),
    })) {
      const folder = project(`foreign ${name}`);
      const path = join(folder, ".venv");
      put(path);
      const before = lstatSync(path);
      assert.equal((await link(folder)).isForeignVenvNew, true);
      assert.equal((await link(folder, second)).isForeignVenvNew, false);
      assert.equal(lstatSync(path).mtimeMs, before.mtimeMs);
      assert.equal(lstatSync(path).ino, before.ino);
    }
  });

  test("replaces a link to an Env, an empty folder, and the leftovers of a killed process", async () => {
    for (const [name, put] of Object.entries({
      old: (path: string) => symlinkSync(first, path, "junction"),
      empty: (path: string) => mkdirSync(path),
      killed: (path: string) => {
        mkdirSync(path);
        symlinkSync(join("..", ".posy", "env", scripts), join(path, scripts));
      },
    })) {
      const folder = project(`replaced ${name}`);
      put(join(folder, ".venv"));
      assert.equal((await link(folder)).isForeignVenvNew, false);
      assert.equal(realpathSync(join(folder, ".venv", "lib")), realpathSync(join(first, "lib")));
    }
  });

  test("has no links while a build backend looks at the project", async () => {
    const folder = project("building");
    await link(folder);
    const venv = join(folder, ".venv");
    const seen = await withoutEnvLinks(folder, async () => readdirSync(venv));
    assert.deepEqual(seen.sort(), [".gitignore", "pyvenv.cfg"]);
    assert.match(readlinkSync(join(venv, "lib")), /\.posy/);
    assert.equal(realpathSync(join(venv, scripts)), realpathSync(join(first, scripts)));
  });
});
