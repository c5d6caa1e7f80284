import assert from "node:assert/strict";
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { startIndex, type TestIndex } from "../../support/index-server.ts";
import { makeWheel } from "../../support/make-wheel.ts";
import { newSandbox, type Sandbox } from "../../support/posy.ts";
import { removeFolder } from "../../support/remove-folder.ts";
import { bareRoot } from "../support/bare-root.ts";
import { runInRoot } from "../support/chroot.ts";
import { arm64Root, registerQemu, withoutQemu } from "../support/qemu.ts";
import { withoutTools } from "../support/tools.ts";

const tool = makeWheel({
  name: "tool",
  files: { "tool.py": "import platform, ssl, sys\ndef main():\n    print(platform.machine(), sys.prefix)\n" },
  entryPoints: { tool: "tool:main" },
});

let index: TestIndex;
let sandbox: Sandbox;

before(async () => {
  index = await startIndex({ files: [tool] });
  sandbox = await newSandbox();
});
after(async () => {
  sandbox[Symbol.dispose]();
  await index.close();
});

/** Exports the tool for a platform, and copies it into a root folder. */
async function exportInto(root: string, folder: string, platform: string, python: string): Promise<void> {
  const exported = join(sandbox.cwd, platform);
  const run = await sandbox.posy(
    ["export", "--platform", platform, "--python", python, "--dir", exported, "tool"],
    {
      env: { UV_DEFAULT_INDEX: index.url },
      timeout: 300_000,
    },
  );
  assert.equal(run.status, 0, run.stderr);
  removeFolder(join(root, folder));
  mkdirSync(join(root, folder, ".."), { recursive: true });
  cpSync(exported, join(root, folder), { recursive: true, verbatimSymlinks: true });
}

describe("an exported folder", {
  skip: withoutTools("debootstrap", ["debootstrap", "apt-get", "unshare", "chroot"]),
}, () => {
  test("starts in a bare Debian with an older glibc and without Python", async () => {
    const root = bareRoot();
    const folder = "/opt/exported app";
    // Its tag promises glibc 2.30.
    await exportInto(root, folder, "linux-x86_64", "3.12");
    try {
      assert.notEqual(runInRoot(root, ["sh", "-c", "command -v python3"]).status, 0);
      const run = runInRoot(root, [`${folder}/bin/tool`]);
      assert.deepEqual([run.stdout, run.status], [`x86_64 ${folder}\n`, 0], run.stderr);
    } finally {
      removeFolder(join(root, folder));
    }
  });
});

describe("a folder that was exported for arm64", { skip: withoutQemu }, () => {
  test("starts under QEMU", async () => {
    registerQemu();
    const root = arm64Root();
    const folder = "/opt/exported app";
    await exportInto(root, folder, "linux-aarch64", "3.12");
    try {
      const run = runInRoot(root, [`${folder}/bin/tool`]);
      assert.deepEqual([run.stdout, run.status], [`aarch64 ${folder}\n`, 0], run.stderr);
    } finally {
      removeFolder(join(root, folder));
    }
  });
});
