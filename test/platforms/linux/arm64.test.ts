import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { removeFolder } from "../../support/remove-folder.ts";
import { runArm64Posy, withoutQemu } from "../support/qemu.ts";
import { platformCache } from "../support/tools.ts";

describe("Posy on Linux arm64, under QEMU", { skip: withoutQemu }, () => {
  test("starts, and recognises the processor", () => {
    const run = runArm64Posy(["--version"], {});
    assert.equal(run.status, 0, run.stderr);
    assert.match(run.stdout, /^posy \d/);
  });

  test("fetches the interpreter for arm64, and runs a C extension in it", () => {
    mkdirSync(platformCache, { recursive: true });
    const home = mkdtempSync(join(platformCache, "arm64-home-"));
    try {
      const program = [
        "import platform, six, sysconfig",
        "from markupsafe import _speedups",
        "print(platform.machine(), sysconfig.get_platform(), _speedups.__file__)",
      ].join("; ");
      const run = runArm64Posy(
        ["run", "--no-project", "--with", "six", "--with", "markupsafe", "--", "python", "-c", program],
        { POSY_HOME: home },
      );
      assert.equal(run.status, 0, run.stderr);
      assert.match(run.stdout, /^aarch64 linux-aarch64 \/.*_speedups\..*aarch64-linux-gnu\.so$/m);
    } finally {
      removeFolder(home);
    }
  });
});
