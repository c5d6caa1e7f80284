import assert from "node:assert/strict";
import { test } from "node:test";
import { parseRegistryPythons } from "../../../src/pythons/system/registry-pythons.ts";

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
