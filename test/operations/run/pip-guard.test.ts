import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { writePipGuard } from "../../../src/operations/run/pip-guard.ts";
import { homeAt } from "../../../src/system/fs/index.ts";
import { removeFolder } from "../../support/remove-folder.ts";

const root = mkdtempSync(join(tmpdir(), "posy-guards-"));
const home = homeAt(join(root, "data"), join(root, "cache"));
const bin = join(root, "bin *");
after(() => removeFolder(root));

interface Start {
  readonly env?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

const posyEnv = "/store/envs-v1/cpython-3.13.1-0123456789abcdef0123456789abcdef";

/** Starts a guard as a shell in an environment does: the guards come before other programs of the name. */
function guard(words: string, { env = posyEnv, variables = {} }: Start = {}) {
  const [name = "", ...args] = words.split(" ");
  const { status, stdout, stderr } = spawnSync(name, args, {
    encoding: "utf8",
    env: { PATH: `${home.guards}:${bin}:/usr/bin:/bin`, VIRTUAL_ENV: env, ...variables },
  });
  return { status, stdout, stderr };
}

describe("the guards of an environment", { skip: process.platform === "win32" }, () => {
  before(async () => {
    await writePipGuard(home);
    mkdirSync(bin);
    for (const name of ["pip", "uv"]) {
      writeFileSync(join(bin, name), `#!/bin/sh\necho real ${name} "$@"\n`);
      chmodSync(join(bin, name), 0o755);
    }
  });

  for (const [words, error, hint] of [
    ["pip install six idna", "no `pip` in the environment", "posy add six idna"],
    ["pip3 list", "no `pip3` in the environment", "posy add PACKAGE"],
    ["uv pip install six idna", "`uv pip install` would change", "posy add six idna"],
    ["uv --quiet pip install -U six", "`uv pip install` would change", "posy add six"],
    ["uv pip sync requirements.txt", "`uv pip sync` would change", "posy add -r requirements.txt"],
    ["uv pip uninstall six", "`uv pip uninstall` would change", "posy remove six"],
  ] as const) {
    test(`refuse \`${words}\``, () => {
      const { status, stdout, stderr } = guard(words);
      assert.deepEqual([status, stdout], [1, ""]);
      assert.ok(stderr.startsWith("error: ") && stderr.includes(error), stderr);
      assert.ok(stderr.includes(`hint: \`${hint}\``), stderr);
    });
  }

  for (const words of [
    "uv --version",
    "uv pip list",
    "uv pip install --target there six",
    "uv pip install --python=3.12 six",
    "uv pip install -p 3.12 six",
    "uv pip install --system six",
    "uv pip install --dry-run six",
    "uv add install",
  ]) {
    test(`start the real uv for \`${words}\``, () => {
      assert.deepEqual(guard(words), { status: 0, stdout: `real ${words}\n`, stderr: "" });
    });
  }

  test("start the real programs outside of an environment of Posy", () => {
    for (const words of ["pip install six", "uv pip install six"]) {
      const stdout = `real ${words}\n`;
      assert.deepEqual(guard(words, { env: "" }), { status: 0, stdout, stderr: "" });
      assert.deepEqual(guard(words, { env: "/home/me/.venv" }), { status: 0, stdout, stderr: "" });
    }
    const variables = { UV_SYSTEM_PYTHON: "1" };
    assert.equal(guard("uv pip install six", { variables }).stdout, "real uv pip install six\n");
  });

  test("are not found if there is no such program", () => {
    const variables = { PATH: `${home.guards}:/nowhere` };
    const { status, stderr } = spawnSync("/bin/sh", [join(home.guards, "uv"), "--version"], {
      encoding: "utf8",
      env: variables,
    });
    assert.deepEqual([status, stderr], [127, "uv: not found\n"]);
  });
});
