import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { Finding } from "../../../src/operations/doctor/finding.ts";
import { sha256OfFile } from "../../../src/system/fs/index.ts";
import { compiledPosy } from "../support/compiled-posy.ts";
import { newWindowsSandbox } from "../support/windows-sandbox.ts";
import { compileForWindows, runWine, windowsPath, withoutWine } from "../support/wine.ts";

describe("posy.exe looks after itself", { skip: withoutWine }, () => {
  test("self update replaces the program that runs", async () => {
    using sandbox = await newWindowsSandbox({ interpreter: false });
    const bin = join(sandbox.root, "bin");
    const release = join(sandbox.root, "release");
    mkdirSync(bin);
    mkdirSync(release);
    const path = join(bin, "posy.exe");
    copyFileSync(compiledPosy("windows-x86_64"), path);
    const source = join(sandbox.root, "posy.c");
    writeFileSync(source, '#include <stdio.h>\nint main(void) { puts("posy 99.0"); return 0; }\n');
    const file = join(release, "posy-windows-x86_64.exe");
    compileForWindows(["-O2", "-s", "-o", file, source]);
    writeFileSync(join(release, "SHA256SUMS"), `${await sha256OfFile(file)}  posy-windows-x86_64.exe\n`);
    const env = { POSY_HOME: windowsPath(sandbox.home) };
    const options = { cwd: sandbox.cwd, env };
    const updated = await runWine(
      windowsPath(path),
      ["self", "update", "--from", windowsPath(release)],
      options,
    );
    assert.equal(updated.status, 0, updated.stderr);
    assert.match(updated.stdout, /posy\.exe: \S+ → 99\.0/);
    assert.match((await runWine(windowsPath(path), ["--version"], options)).stdout, /^posy 99\.0/);
    // The old program and the temporary folder may stay until the next update, as long as something has them open.
    const others = readdirSync(bin).filter((name) => !/^(posy\.old\.exe|\.posy-update\.\d+)$/.test(name));
    assert.deepEqual(others, ["posy.exe"]);
  });

  test("self uninstall removes the program that runs", async () => {
    using sandbox = await newWindowsSandbox({ interpreter: false });
    const path = join(sandbox.root, "posy.exe");
    copyFileSync(compiledPosy("windows-x86_64"), path);
    const env = { POSY_HOME: windowsPath(sandbox.home) };
    const run = await runWine(windowsPath(path), ["self", "uninstall", "--yes"], { cwd: sandbox.cwd, env });
    assert.equal(run.status, 0, run.stderr);
    assert.equal(existsSync(path), false);
  });

  test("doctor looks at the disk, the Pythons and the settings of Windows", async () => {
    using sandbox = await newWindowsSandbox();
    const run = await sandbox.posy(["doctor", "--offline", "--json"]);
    const { findings } = JSON.parse(run.stdout) as { findings: readonly Finding[] };
    const has = (area: Finding["area"], text: RegExp) =>
      assert.ok(
        findings.some((one) => one.area === area && text.test(one.message)),
        `${text}: ${run.stdout}`,
      );
    has("machine", /^windows-x86_64/);
    has("machine", /260 characters/);
    has("machine", /Developer Mode/);
    has("disk", /^the disk of/);
    has("Pythons", /^Python 3\.\d+\.\d+ starts/);
  });

  test("completes command lines", async () => {
    using sandbox = await newWindowsSandbox({ interpreter: false });
    const run = await sandbox.posy(["__complete", "=di", "cache"]);
    assert.match(run.stdout, /^none\r?\ndir\t/);
    assert.match((await sandbox.posy(["completions", "powershell"])).stdout, /Register-ArgumentCompleter/);
  });
});
