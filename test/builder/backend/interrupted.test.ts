import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { testPython } from "../../support/oracle.ts";
import { writeTree } from "../../support/tree-backend.ts";

const bun = resolve("node_modules", "bun", "bin", "bun.exe");
let python: string;
let top: string;
before(async () => {
  python = await testPython();
  top = await mkdtemp(join(tmpdir(), "posy-interrupted-"));
});
after(() => rm(top, { recursive: true, force: true }));

/** A backend with two child processes, one of which ignores SIGTERM. `then` is the code that runs after their start. */
const withChildren = (then: string) => `
import signal, subprocess, sys
sleep = "import time; time.sleep(60)"
children = [
    subprocess.Popen([sys.executable, "-c", sleep]),
    subprocess.Popen([sys.executable, "-c", "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); " + sleep], stdout=subprocess.PIPE),
]
children[1].stdout.readline()
with open("pids.part", "w") as file:
    file.write(" ".join(str(pid) for pid in [os.getpid()] + [child.pid for child in children]))
os.rename("pids.part", "pids")
${then}
`;

let count = 0;
async function start(then: string, ...more: string[]) {
  count += 1;
  const root = await writeTree(join(top, `tree-${count}`), {
    name: "some-tree",
    onImport: withChildren(then),
  });
  const output = join(top, `output-${count}`);
  const temporary = join(top, `tmp-${count}`);
  await mkdir(output);
  await mkdir(temporary);
  const child = spawn(
    bun,
    [resolve("test", "support", "build-child.ts"), root, output, join(top, `log-${count}`), python, ...more],
    // The test looks for left files here.
    { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, TMPDIR: temporary } },
  );
  const ended = new Promise<string>((settle) => {
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
    child.on("close", () => settle(said));
  });
  const pids = await eventually("the backend's processes", async () => {
    const text = await readFile(join(root, "pids"), "utf8").catch(() => "");
    return text === "" ? undefined : text.split(" ").map(Number);
  });
  return { child, pids, ended, temporary };
}

async function eventually<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (let waited = 0; waited < 20_000; waited += 20) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((settle) => setTimeout(settle, 20));
  }
  throw new Error(`waited in vain for ${what}`);
}

/** Whether a process runs. A zombie does not. */
async function runs(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return !/\) [ZX] /.test(stat);
}

const allGone = (pids: readonly number[]) =>
  eventually(`the end of ${pids.join(", ")}`, async () => {
    const running = await Promise.all(pids.map(runs));
    return running.includes(true) ? undefined : true;
  });

describe("no process of a build is left running", { skip: process.platform === "win32" }, () => {
  for (const [name, signal, ...more] of [
    ["when Posy is interrupted", "SIGINT", "exits"],
    ["when Posy is told to end", "SIGTERM", "exits"],
    ["when Posy is ended by a signal that it does not handle", "SIGTERM"],
    ["when Posy is killed", "SIGKILL"],
  ] as const) {
    test(name, async () => {
      const { child, pids, ended, temporary } = await start("children[0].wait()", ...more);
      assert.equal(pids.length, 3);
      assert.deepEqual(await Promise.all(pids.map(runs)), [true, true, true]);
      child.kill(signal);
      await ended;
      await allGone(pids);
      await eventually("an empty folder", async () =>
        (await readdir(temporary)).length === 0 ? true : undefined,
      );
    });
  }

  test("when the build is done", async () => {
    const { pids, ended } = await start("");
    const begun = performance.now();
    // A child of the backend keeps the output open, and the build does not wait for it.
    assert.match(await ended, /"kind":"wheel"/);
    assert.ok(performance.now() - begun < 10_000);
    await allGone(pids);
  });
});
