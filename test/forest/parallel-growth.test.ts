import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { checkEnv, growOnce, prepareGrowth } from "../support/parallel-growth.ts";
import { removeFolder } from "../support/remove-folder.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "posy-parallel-"));
  await prepareGrowth(root);
});
afterEach(() => removeFolder(root));

/** Starts a process that grows an Env. Returns the process, and a promise of how it ended. */
function grower(count: number) {
  const child = spawn(process.execPath, [join("test", "support", "grow-child.ts"), root, String(count)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let ready = () => {};
  const started = new Promise<void>((resolve) => (ready = resolve));
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (output.startsWith("ready\n")) ready();
    });
  }
  const ended = new Promise<{ status: number | null; output: string }>((resolve) => {
    child.on("close", (status) => {
      ready();
      resolve({ status, output });
    });
  });
  return { child, started, ended };
}

// Node 20 does not run the TypeScript of the other processes.
describe("several processes", { skip: typeof Bun === "undefined" }, () => {
  test("make the same Env concurrently, and all succeed", async () => {
    const ends = await Promise.all(Array.from({ length: 4 }, () => grower(3).ended));
    for (const { status, output } of ends) assert.equal(status, 0, output);
    const prefixes = new Set(ends.flatMap(({ output }) => output.trim().split("\n").slice(1)));
    assert.equal(prefixes.size, 1);
    assert.equal(checkEnv(await growOnce(root)), 4 * (60 + 5 + 1));
    assert.deepEqual(readdirSync(join(root, "data", "tmp")), []);
  });

  test("leave no incomplete Env that looks finished if they are killed at any moment", async () => {
    let killed = 0;
    for (let delay = 0; delay < 50; delay += 9) {
      removeFolder(join(root, "data"));
      const { child, started, ended } = grower(1);
      await started;
      await sleep(delay);
      child.kill("SIGKILL");
      if ((await ended).status === null) killed++;
      assert.equal(checkEnv(await growOnce(root)), 4 * (60 + 5 + 1));
    }
    assert.ok(killed > 0, "none was killed while it worked");
  });
});
