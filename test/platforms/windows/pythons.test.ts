import assert from "node:assert/strict";
import { cpSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { newWindowsSandbox } from "../support/windows-sandbox.ts";
import { runWine, windowsPath, withoutWine } from "../support/wine.ts";

describe("Pythons on Windows", { skip: withoutWine }, () => {
  test("an installed Python that the registry names is listed and used in its own folder (PEP 514)", async () => {
    using sandbox = await newWindowsSandbox({ interpreter: false });
    // Wine 8 lacks what `platform` needs since Python 3.12.
    const made = await sandbox.posy(["python", "install", "3.11"], { timeout: 300_000 });
    assert.equal(made.status, 0, made.stderr);
    const pythons = join(sandbox.home, "data", "pythons-v1");
    const stored = join(pythons, readdirSync(pythons)[0] ?? "");
    const installed = join(sandbox.root, "Python é");
    mkdirSync(installed);
    cpSync(join(stored, "Scripts"), installed, { recursive: true });
    for (const name of ["Lib", "DLLs"])
      cpSync(join(stored, name), join(installed, name), { recursive: true });
    const key = "HKCU\\Software\\Python\\PythonCore\\3.11\\InstallPath";
    const added = await runWine("reg", ["add", key, "/ve", "/d", `${windowsPath(installed)}\\`, "/f"]);
    assert.equal(added.status, 0, added.stdout);
    try {
      const python = `${windowsPath(installed)}\\python.exe`;
      const list = await sandbox.posy(["python", "list"]);
      const row = list.stdout.split("\n").find((line) => line.includes(python)) ?? "";
      assert.match(
        row,
        /^cpython 3\.11\.\d+ +windows-x86_64 +on this machine +Z:/,
        list.stdout + list.stderr,
      );
      const code = "import sys; print(ascii(sys.base_prefix), sys.prefix != sys.base_prefix)";
      const run = await sandbox.posy(["run", "--python", python, "--", "python", "-c", code]);
      assert.match(run.stdout, /Python \\xe9' True\r\n$/, run.stderr);
    } finally {
      await runWine("reg", ["delete", "HKCU\\Software\\Python", "/f"]);
    }
  });

  test("a Python is pinned, uninstalled and installed", async () => {
    using sandbox = await newWindowsSandbox();
    const pin = await sandbox.posy(["python", "pin", "3.14"]);
    assert.equal(pin.status, 0, pin.stderr);
    const run = await sandbox.posy(["run", "--", "python", "-c", "import sys; print(sys.version_info[:2])"]);
    assert.equal(run.stdout, "(3, 14)\r\n", run.stderr);
    const gone = await sandbox.posy(["python", "uninstall", "3.14"]);
    assert.equal(gone.status, 0, gone.stderr);
  });

  test("a Python that only an installation for all users names is listed, and an entry without a file is not", async () => {
    using sandbox = await newWindowsSandbox();
    const pythons = join(sandbox.home, "data", "pythons-v1");
    const executable = windowsPath(join(pythons, readdirSync(pythons)[0] ?? "", "Scripts", "python.exe"));
    const keys = [
      ["HKLM\\Software\\Python\\Company\\3.14\\InstallPath", "ExecutablePath", executable],
      ["HKLM\\Software\\Python\\PythonCore\\3.9\\InstallPath", "ExecutablePath", "C:\\gone\\python.exe"],
    ] as const;
    try {
      for (const [key, name, value] of keys) {
        const added = await runWine("reg", ["add", key, "/v", name, "/d", value, "/f"]);
        assert.equal(added.status, 0, added.stdout);
      }
      const list = await sandbox.posy(["python", "list", "-v"]);
      // Python 3.14 asks Windows for the machine in a way that Wine 8 does not have, so the query fails there.
      assert.ok((list.stdout + list.stderr).includes(executable), list.stdout + list.stderr);
      assert.doesNotMatch(list.stdout, /gone/);
    } finally {
      await runWine("reg", ["delete", "HKLM\\Software\\Python", "/f"]);
    }
  });

  test("`pybi pack` says that it packs Pythons for Linux only", async () => {
    using sandbox = await newWindowsSandbox();
    const run = await sandbox.posy(["pybi", "pack", "."]);
    assert.equal(run.status, 2, run.stdout);
    assert.match(run.stderr, /^error: only Pythons for Linux can be packed$/m);
    assert.match(run.stderr, /^hint: `posy pybi convert`/m);
  });
});
