import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { removeFolder } from "../../../support/remove-folder.ts";

const root = mkdtempSync(join(tmpdir(), "posy-temporary-"));
after(() => removeFolder(root));

const module = JSON.stringify(resolve("src", "system", "fs", "temporary", "temporary-path.ts"));
/** Node cannot load the sources, so the other process always runs on Bun. */
const bun = resolve("node_modules", "bun", "bin", "bun.exe");

/** Runs code in another process that has a temporary path `path`, ends it by SIGTERM once it made `ready`. */
async function endWhileWorking(code: string): Promise<string> {
  const folder = mkdtempSync(join(root, "run-"));
  const program = `
    import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
    import { join, resolve } from "node:path";
    import { Worker } from "node:worker_threads";
    import { temporaryPath } from ${module};
    process.on("SIGTERM", () => process.exit(143));
    const folder = ${JSON.stringify(folder)};
    const path = temporaryPath(folder, "build", { keptAs: join(folder, "kept"), smallest: 10 });
    const ready = join(folder, "ready");
    ${code}
    setInterval(() => {}, 1000);
  `;
  const child = spawn(bun, ["-e", program], { stdio: "inherit" });
  const ended = new Promise<number | null>((settle) => child.on("exit", settle));
  for (let round = 0; round < 600 && !existsSync(join(folder, "ready")); round++) await setTimeout(50);
  child.kill("SIGTERM");
  assert.equal(await ended, 143);
  return folder;
}

test("a temporary file is removed if a signal ends the process", async () => {
  const folder = await endWhileWorking(`writeFileSync(path, "x"); writeFileSync(ready, "");`);
  assert.deepEqual(readdirSync(folder), ["ready"]);
});

test("a temporary folder with read-only folders is removed, too", async () => {
  const folder = await endWhileWorking(`
    mkdirSync(join(path, "a", "b"), { recursive: true });
    writeFileSync(join(path, "a", "b", "file"), "x");
    for (const name of ["a/b", "a"]) chmodSync(join(path, name), 0o555);
    writeFileSync(ready, "");
  `);
  assert.deepEqual(readdirSync(folder), ["ready"]);
});

test("a temporary folder is removed while a thread fills it", async () => {
  const folder = await endWhileWorking(`
    new Worker(\`
      const { mkdirSync, writeFileSync } = require("node:fs");
      const path = \${JSON.stringify(path)};
      for (let number = 0; ; number++) {
        mkdirSync(path + "/" + number % 100, { recursive: true });
        writeFileSync(path + "/" + (number % 100) + "/" + number, "");
        if (number === 300) writeFileSync(\${JSON.stringify(ready)}, "");
        if (number === 20000) break;
      }
    \`, { eval: true });
  `);
  assert.ok(readdirSync(folder).length <= 2, readdirSync(folder).join());
});

test("a large enough part of a download is kept under another name", async () => {
  const folder = await endWhileWorking(`writeFileSync(path, "0123456789"); writeFileSync(ready, "");`);
  assert.deepEqual(readdirSync(folder).sort(), ["kept", "ready"]);
});
