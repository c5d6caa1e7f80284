import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertPrinted, newSandbox } from "../support/posy.ts";

const arch = os.machine() === "arm64" ? "aarch64" : os.machine();
const native = makeWheel({
  name: "native",
  tags: `py3-none-linux_${arch}`,
  files: { "native.py": "where = 'plain linux'\n" },
});
const show = ["--", "python", "-c", "import native; print(native.where)"];

describe("a plain `linux_…` wheel", () => {
  test("is installed from an index", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files: [native] });
    const run = ["run", "--with", "native", "--default-index", index.url, ...show];
    assertPrinted(await sandbox.posy(run), "plain linux\n");
  });

  test("is installed from a folder of wheels and from its path", async () => {
    using sandbox = await newSandbox();
    mkdirSync(join(sandbox.cwd, "wheels"));
    writeFileSync(join(sandbox.cwd, "wheels", native.filename), native.bytes);
    const fromFolder = ["run", "--with", "native", "--no-index", "--find-links", "wheels", ...show];
    assertPrinted(await sandbox.posy(fromFolder), "plain linux\n");
    const fromPath = ["run", "--no-index", "--with", `./wheels/${native.filename}`, ...show];
    assertPrinted(await sandbox.posy(fromPath), "plain linux\n");
  });

  test("is listed in a lock of this platform", async () => {
    using sandbox = await newSandbox();
    const portable = makeWheel({ name: "native", tags: `py3-none-manylinux_2_17_${arch}` });
    await using index = await startIndex({ files: [native, portable] });
    writeFileSync(
      join(sandbox.cwd, "pyproject.toml"),
      `[project]\nname = "app"\nversion = "0.1"\ndependencies = ["native"]\n[tool.posy]\nplatforms = ["linux-${arch}"]\n`,
    );
    const lock = await sandbox.posy(["lock", "--default-index", index.url]);
    assert.equal(lock.status, 0, lock.stderr);
    assert.doesNotMatch(lock.stderr, /may not load/);
    const text = readFileSync(join(sandbox.cwd, "pylock.toml"), "utf8");
    for (const { filename } of [native, portable]) assert.ok(text.includes(filename), filename);
  });

  test("causes a warning when the target is another platform", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files: [native] });
    const musl = ["--platform", `linux-${arch}-musl`, "--python-version", "3.13"];
    const resolved = await sandbox.posy(["resolve", "native", ...musl, "--default-index", index.url]);
    assert.equal(resolved.status, 0, resolved.stderr);
    const message = `\`native 1.0\` may not load on linux-${arch}-musl: \`${native.filename}\` does not say which C library it needs`;
    assert.ok(resolved.stderr.includes(`warning: ${message}\n`), resolved.stderr);
  });
});
