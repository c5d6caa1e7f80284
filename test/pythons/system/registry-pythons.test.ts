import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import { parseRegistryPythons, registryPythons } from "../../../src/pythons/system/registry-pythons.ts";

const exported = `Windows Registry Editor Version 5.00

[HKEY_CURRENT_USER\\Software\\Python]

[HKEY_CURRENT_USER\\Software\\Python\\PyLauncher]
@="C:\\\\Windows\\\\py.exe"

[HKEY_CURRENT_USER\\Software\\Python\\PyLauncher\\1\\InstallPath]
@="C:\\\\Windows"

[HKEY_CURRENT_USER\\Software\\Python\\PythonCore\\3.9]
"SysVersion"="3.9"

[HKEY_CURRENT_USER\\Software\\Python\\PythonCore\\3.9\\InstallPath]
@="C:\\\\Users\\\\J\u00fcrgen\\\\Python39\\\\"

[HKEY_CURRENT_USER\\Software\\Python\\PythonCore\\3.9\\InstallPath\\InstallGroup]
@="Python 3.9"

[HKEY_CURRENT_USER\\Software\\Python\\PythonCore\\3.13t\\InstallPath]
@="C:\\\\Python313\\\\"
"ExecutablePath"="C:\\\\Python313\\\\python3.13t.exe"
"WindowedExecutablePath"="C:\\\\Python313\\\\pythonw3.13t.exe"

[HKEY_CURRENT_USER\\Software\\Python\\ContinuumAnalytics\\py312\\InstallPath]
@="D:\\\\with \\"quotes\\""

[HKEY_CURRENT_USER\\Software\\Python\\PythonCore\\3.8\\InstallPath]
"Empty"="x"
`;

test("reads the Pythons of an exported registry, newest first", () => {
  assert.deepEqual(parseRegistryPythons(exported.replaceAll("\n", "\r\n")), [
    "C:\\Python313\\python3.13t.exe",
    "C:\\Users\\Jürgen\\Python39\\python.exe",
    'D:\\with "quotes"\\python.exe',
  ]);
  assert.deepEqual(parseRegistryPythons(""), []);
});

test("exports the keys of PEP 514, and skips those that do not exist", async () => {
  const asked: string[] = [];
  const run = async (file: string, args: readonly string[]) => {
    const [verb, key = "", path = "", ...rest] = args;
    asked.push([file, verb, key, ...rest].join(" "));
    const exists = key.startsWith("HKCU");
    if (exists) writeFileSync(path, `\uFEFF${exported}`, "utf16le");
    return { status: exists ? 0 : 1, signal: null, stdout: "", stderr: "" };
  };
  const found = await registryPythons({ SystemRoot: "D:\\Win" }, { platform: "win32", run });
  assert.deepEqual(found, parseRegistryPythons(exported));
  assert.deepEqual(asked.toSorted(), [
    "D:\\Win\\System32\\reg.exe export HKCU\\Software\\Python /y /reg:64",
    "D:\\Win\\System32\\reg.exe export HKLM\\Software\\Python /y /reg:32",
    "D:\\Win\\System32\\reg.exe export HKLM\\Software\\Python /y /reg:64",
  ]);
  // Each Python is listed once, in whatever keys it is.
  const always: typeof run = async (file, args) => {
    writeFileSync(args[2] ?? "", exported, "utf16le");
    asked.push(file);
    return { status: 0, signal: null, stdout: "", stderr: "" };
  };
  assert.deepEqual(await registryPythons({}, { platform: "win32", run: always }), found);
  assert.equal(asked.at(-1), "C:\\Windows\\System32\\reg.exe");
});

test("has no Pythons in the registry if `reg.exe` can't be started, and elsewhere asks for none", async () => {
  let starts = 0;
  const run = async () => {
    starts += 1;
    throw new Error("no such program");
  };
  assert.deepEqual(await registryPythons({}, { platform: "win32", run }), []);
  assert.ok(starts > 0);
  starts = 0;
  assert.deepEqual(await registryPythons({}, { platform: "linux", run }), []);
  assert.equal(starts, 0);
});
