import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { oneFileRefusal } from "../../../src/system/fs/index.ts";
import { removeFolder } from "../../support/remove-folder.ts";

const root = mkdtempSync(join(tmpdir(), "posy-one-file-"));
after(() => removeFolder(root));

describe("a path of an archive that is on the disk already", () => {
  mkdirSync(join(root, "docs", "été"), { recursive: true });
  writeFileSync(join(root, "docs", "README"), "");

  for (const [path, spelled] of [
    ["docs/readme", "docs/README"],
    ["Docs/README", "docs/README"],
    ["DOCS", "docs"],
    ["Docs/new", "docs"],
    ["docs/README/x", undefined],
    ["docs/readme/x", "docs/README"],
    ["docs/E\u0301te\u0301", "docs/été"],
    ["docs/README", undefined],
    ["docs/new", undefined],
    ["new", undefined],
  ] as const) {
    test(`${spelled === undefined ? "is not refused" : `is refused as ${spelled}`}: ${path}`, () => {
      const refusal = oneFileRefusal("demo.whl", root, path);
      if (spelled === undefined) return assert.equal(refusal, undefined);
      assert.equal(refusal?.code, "filesystem");
      assert.equal(
        refusal.message,
        `\`demo.whl\` can't be unpacked on this disk, which ignores case: it has ${JSON.stringify(spelled)} and ${JSON.stringify(path)}`,
      );
      assert.match(refusal.hint ?? "", /set POSY_HOME to a folder on a disk that tells/);
    });
  }
});
