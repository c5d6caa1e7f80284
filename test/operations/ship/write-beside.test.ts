import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PosyError } from "../../../src/errors/posy-error.ts";
import { writeBeside } from "../../../src/operations/ship/write-beside.ts";
import { removeFolder } from "../../support/remove-folder.ts";

const root = mkdtempSync(join(tmpdir(), "posy-beside-"));
after(() => removeFolder(root));
const path = join(root, "shop.tar");

for (const [errno, hint] of [
  ["ENOSPC", "free some space on that disk, or write to another one"],
  ["EROFS", "name a folder that you can write to"],
] as const) {
  test(`a failure with ${errno} names the path that was asked for, and leaves what was there`, async () => {
    writeFileSync(path, "old");
    const fails = writeBeside(path, (beside) => {
      writeFileSync(beside, "half");
      throw Object.assign(new Error("native"), { code: errno, syscall: "write", path: beside });
    });
    await assert.rejects(fails, (error) => {
      assert.ok(error instanceof PosyError);
      assert.match(error.message, /^writing `.*shop\.tar` failed: /);
      assert.doesNotMatch(error.message, /export-/);
      assert.equal(error.hint, hint);
      return true;
    });
    assert.deepEqual(readdirSync(root), ["shop.tar"]);
    assert.equal(readFileSync(path, "utf8"), "old");
  });
}

test("a failure that is not about the path keeps its hint", async () => {
  const failure = new PosyError("no-space", "unpacking `x.whl` failed", { hint: "set POSY_HOME" });
  await assert.rejects(
    writeBeside(path, () => Promise.reject(failure)),
    { hint: "set POSY_HOME" },
  );
});
