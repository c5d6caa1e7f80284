import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { sdistOf } from "../support/build-index.ts";
import { startIndex } from "../support/index-server.ts";
import { makeSdist } from "../support/make-sdist.ts";
import { assertFailed, newSandbox } from "../support/posy.ts";
import { treeFiles, type TreeOptions } from "../support/tree-backend.ts";

/** Makes every backend process write `+` into the file `BUILD_LOG` when it starts, and `-` when it ends. */
const noteProcesses = [
  "import atexit",
  "def note(sign):",
  "    with open(os.environ['BUILD_LOG'], 'a') as file:",
  "        file.write(sign)",
  "note('+')",
  "atexit.register(note, '-')",
].join("\n");

test("as many builds run at the same time as there are processors, and no more", async () => {
  using sandbox = await newSandbox();
  const names = Array.from({ length: availableParallelism() + 2 }, (_, number) => `lib${number}`);
  const files = names.map((name) =>
    sdistOf({ name, onImport: noteProcesses, slow: { build_wheel: 2 } }, { isStatic: true }),
  );
  await using index = await startIndex({ files });
  const log = join(sandbox.root, "log");
  const options = names.flatMap((name) => ["--with", name]);
  const args = ["run", "--default-index", index.url, ...options, "--", "python", "-c", ""];
  const run = await sandbox.posy(args, { env: { BUILD_LOG: log }, timeout: 240_000 });
  assert.equal(run.status, 0, run.stderr);
  let running = 0;
  let most = 0;
  for (const sign of readFileSync(log, "utf8")) {
    running += sign === "+" ? 1 : -1;
    most = Math.max(most, running);
  }
  assert.equal(most, availableParallelism());
});

describe("a built wheel", () => {
  const cases: readonly (readonly [title: string, tree: TreeOptions, message: RegExp])[] = [
    ["has another version than its source", { name: "lib", version: "2.0" }, /`lib 1\.0` made `lib-2\.0-/],
    ["belongs to another package", { name: "other" }, /`lib 1\.0` made `other-1\.0-/],
    ["has tags that this Python can't use", { name: "lib", tags: "cp27-cp27m-any" }, /made `lib-1\.0-cp27-/],
  ];
  for (const [title, tree, message] of cases) {
    test(`is refused if it ${title}`, async () => {
      using sandbox = await newSandbox();
      // The metadata are static, so that only the build shows the difference.
      const sdist = makeSdist({ name: "lib", version: "1.0", files: treeFiles(tree), requires: [] });
      await using index = await startIndex({ files: [sdist] });
      const args = ["run", "--default-index", index.url, "--with", "lib", "--", "python", "-c", ""];
      assertFailed(await sandbox.posy(args), 1, message);
    });
  }
});
