import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { sdistOf } from "../support/build-index.ts";
import { startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertPrinted, newSandbox, type PosyRun, type Sandbox } from "../support/posy.ts";

const many = Object.fromEntries(
  Array.from({ length: 6000 }, (_, number) => [`big/f${number}.py`, "x = 1\n"]),
);
const big = makeWheel({ name: "big", files: { "big/__init__.py": "x = 1\n", ...many } });
const slow = sdistOf({ name: "slow", slow: { build_wheel: 20 } }, { isStatic: true });
const metadata = "Metadata-Version: 2.1\nName: hanging\nVersion: 1.0\n";
const hanging = { ...makeWheel({ name: "hanging", files: { "hanging.py": "" } }), metadata };

/** Returns the entries of both folders for temporary files. */
function temporary({ home }: Sandbox): string[] {
  return ["data", "cache"].flatMap((half) => {
    const folder = join(home, half, "tmp");
    return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  });
}

/** What Posy does when it is interrupted, and how that is seen. */
const moments = {
  downloading: { name: "hanging", isReached: (path: string) => /\bdownload-/.test(path) },
  unpacking: { name: "big", isReached: (path: string) => existsSync(join(path, "site", "big", "f99.py")) },
  building: { name: "slow", isReached: (path: string) => /\/built-/.test(path) },
} as const;

/** Starts a run that needs a package, and sends a signal when the moment has come. */
async function interrupt(
  moment: keyof typeof moments,
  signal: NodeJS.Signals,
  sandbox: Sandbox,
  url: string,
): Promise<PosyRun> {
  const { name, isReached } = moments[moment];
  const untilReached = async () => {
    for (let round = 0; round < 5000 && !temporary(sandbox).some(isReached); round++) await setTimeout(5);
  };
  return sandbox.posy(["run", "--default-index", url, "--with", name, "--", "python", "-c", "print(1)"], {
    started: (child) => void untilReached().then(() => child.kill(signal)),
  });
}

async function startSlowIndex() {
  const index = await startIndex({ files: [big, slow, hanging] });
  index.always(`/files/${hanging.filename}`, { hang: true });
  return index;
}

describe("an interrupted run", () => {
  for (const moment of Object.keys(moments) as (keyof typeof moments)[]) {
    test(`leaves no temporary files while ${moment}`, { timeout: 300_000 }, async () => {
      await using index = await startSlowIndex();
      for (const [signal, status] of [
        ["SIGINT", 130],
        ["SIGTERM", 143],
        ["SIGHUP", 129],
      ] as const) {
        using sandbox = await newSandbox();
        const run = await interrupt(moment, signal, sandbox, index.url);
        assert.equal(run.status, status, run.stderr);
        assert.deepEqual(temporary(sandbox), [], signal);
      }
    });
  }

  test("that was killed leaves files that the next one removes, and no others", {
    timeout: 300_000,
  }, async () => {
    await using index = await startSlowIndex();
    using sandbox = await newSandbox();
    for (const moment of ["unpacking", "building"] as const) {
      assert.equal((await interrupt(moment, "SIGKILL", sandbox, index.url)).signal, "SIGKILL");
      const [left = ""] = temporary(sandbox);
      assert.notEqual(left, "");
      const living = left.replace(/-\d+-/, `-${process.pid}-`);
      mkdirSync(living);
      const args = [
        "run",
        "--default-index",
        index.url,
        "--with",
        "big",
        "--refresh",
        "--",
        "python",
        "-c",
        "print(1)",
      ];
      if (moment === "building") args.splice(4, 1, "other");
      index.add(makeWheel({ name: "other", files: { "other.py": "" } }));
      assertPrinted(await sandbox.posy(args), "1\n");
      assert.deepEqual(
        temporary(sandbox).filter((path) => path !== living),
        [],
      );
      assert.ok(existsSync(living));
      rmdirSync(living);
    }
  });
});
