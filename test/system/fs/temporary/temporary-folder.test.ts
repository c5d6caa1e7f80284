import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, describe, test } from "node:test";
import { withTemporaryFolder } from "../../../../src/system/fs/temporary/temporary-folder.ts";

const root = mkdtempSync(join(tmpdir(), "posy-temporary-"));
after(() => rmSync(root, { recursive: true, force: true }));

describe("withTemporaryFolder", () => {
  test("removes the folder after the work, with read-only folders in it, and returns the result", async () => {
    let path = "";
    const result = await withTemporaryFolder("test", async (folder) => {
      path = folder;
      mkdirSync(join(folder, "inner"));
      writeFileSync(join(folder, "inner", "file"), "x");
      chmodSync(join(folder, "inner"), 0o555);
      return "done";
    });
    assert.equal(result, "done");
    assert.match(path, /posy-test-\w+$/);
    assert.ok(!existsSync(path));
  });

  test("removes the folder if the work fails", async () => {
    let path = "";
    const work = withTemporaryFolder("test", async (folder) => {
      path = folder;
      throw new Error("the work fails");
    });
    await assert.rejects(work, /the work fails/);
    assert.ok(path !== "" && !existsSync(path));
  });

  test("removes the folder if the process exits during the work, as it does on Ctrl-C", () => {
    const module = JSON.stringify(resolve("src", "system", "fs", "temporary", "temporary-folder.ts"));
    const script = `
      const { withTemporaryFolder } = await import(${module});
      await withTemporaryFolder("test", async (folder) => {
        await Bun.write(folder + "/file", "x");
        process.exit(7);
      });`;
    const bun = resolve("node_modules", "bun", "bin", "bun.exe");
    const env = { ...process.env, TMPDIR: root, TEMP: root, TMP: root };
    const { status, stderr } = spawnSync(bun, ["-e", script], { env, encoding: "utf8" });
    assert.equal(status, 7, stderr);
    assert.deepEqual(readdirSync(root), []);
  });

  test("leaves no handler behind, however often it is called", async () => {
    const before = process.listenerCount("exit");
    await withTemporaryFolder("test", async () => {});
    assert.equal(process.listenerCount("exit"), before);
  });
});
