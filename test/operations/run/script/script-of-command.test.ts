import assert from "node:assert/strict";
import { mkdirSync, truncateSync } from "node:fs";
import { describe, test } from "node:test";
import { scriptEnv } from "../../../../src/operations/run/script/script-env.ts";
import {
  blockKey,
  isUrl,
  keepScript,
  scriptOfCommand,
  takeScript,
} from "../../../../src/operations/run/script/script-of-command.ts";
import { newScriptFixture, withBlock } from "./script-fixture.ts";

test("a URL is an address of the web", () => {
  for (const word of ["https://example.org/x.py", "HTTP://example.org/x"]) assert.ok(isUrl(word));
  for (const word of ["file:///x.py", "x-https://example.org", "https", undefined]) assert.ok(!isUrl(word));
});

describe("the script of a command", () => {
  test("is a file with the ending of Python, or a path", () => {
    using fixture = newScriptFixture({ "a.py": "a", "b.PYW": "b", "sub/tool": "c", plain: "d" });
    const { cwd, path } = fixture;
    const textOf = (...command: readonly string[]) => scriptOfCommand(command, { cwd })?.text;
    assert.deepEqual(scriptOfCommand(["a.py", "x"], { cwd }), { path: path("a.py"), text: "a" });
    assert.equal(textOf("b.PYW"), "b");
    assert.equal(textOf("sub/tool"), "c");
    assert.equal(textOf("./plain"), "d");
    assert.equal(textOf(path("plain")), "d");
    assert.equal(textOf("plain"), undefined);
    assert.equal(textOf("plain", "a.py"), undefined);
    assert.equal(textOf(), undefined);
  });

  test("is kept from the warm start, for one path and one use", () => {
    const script = { path: "/a.py", text: "a" };
    keepScript(script);
    assert.equal(takeScript("/a.py"), script);
    assert.equal(takeScript("/a.py"), undefined);
    keepScript(script);
    assert.equal(takeScript("/b.py"), undefined);
    assert.equal(takeScript("/a.py"), undefined);
  });

  test("is any file with `--script`", () => {
    using fixture = newScriptFixture({ plain: "d" });
    assert.equal(scriptOfCommand(["plain"], { cwd: fixture.cwd, isScript: true })?.text, "d");
    assert.equal(scriptOfCommand(["plain"], { cwd: fixture.cwd, isScript: false }), undefined);
  });

  test("is none if there is no such file, if it is a folder, or if it is too large for a script", () => {
    using fixture = newScriptFixture({ "big.py": "" });
    const { cwd, path } = fixture;
    assert.equal(scriptOfCommand(["missing.py"], { cwd }), undefined);
    mkdirSync(path("folder.py"));
    assert.equal(scriptOfCommand(["folder.py"], { cwd }), undefined);
    truncateSync(path("big.py"), 16 * 2 ** 20);
    assert.equal(scriptOfCommand(["big.py"], { cwd })?.text.length, 16 * 2 ** 20);
    truncateSync(path("big.py"), 16 * 2 ** 20 + 1);
    assert.equal(scriptOfCommand(["big.py"], { cwd }), undefined);
  });
});

describe("the block of a script", () => {
  const path = "/folder/a.py";
  const block = 'dependencies = ["six"]';

  test("is in the key of the cache entry, and the rest of the script is not", () => {
    const key = blockKey({ path, text: withBlock(block) });
    assert.deepEqual(key, ["--script", path, `--script-block=${block}\n`]);
    assert.deepEqual(blockKey({ path, text: `${withBlock(block)}print(2)\n` }), key);
    assert.equal(blockKey({ path, text: "print(1)\n" }), undefined);
  });

  test("decides about the environment and the files with variables", async () => {
    const script = { path, text: withBlock(block, "[tool.posy]", 'env-file = ".env"') };
    const env = await scriptEnv(script, { python: "3.13" });
    assert.deepEqual(env.options, { python: "3.13", script });
    assert.deepEqual(env.key, blockKey(script));
    assert.deepEqual(
      env.envFiles?.map((file) => file.path),
      ["/folder/.env"],
    );
  });

  test("leaves the options as they are if there is none", async () => {
    const env = await scriptEnv({ path, text: "print(1)\n" }, { python: "3.13" });
    assert.deepEqual(env, { options: { python: "3.13" }, key: [], envFiles: undefined });
  });
});
