import assert from "node:assert/strict";
import { test } from "node:test";
import { userShell } from "../../../src/cli/shell/user-shell.ts";

const modules = (...folders: string[]) => ({
  PSModulePath: [...folders, "C:\\Program Files\\WindowsPowerShell\\Modules"].join(";"),
  ComSpec: "C:\\Windows\\system32\\cmd.exe",
});
const own = (name: string) => `C:\\Users\\me\\Documents\\${name}\\Modules`;

const rows: readonly (readonly [NodeJS.ProcessEnv, NodeJS.Platform, string | null, string, string])[] = [
  [{ SHELL: "/bin/bash" }, "linux", "/bin/zsh", "/bin/bash", "bash"],
  [{ SHELL: "/opt/homebrew/bin/fish" }, "darwin", null, "/opt/homebrew/bin/fish", "fish"],
  [{}, "linux", "/usr/bin/zsh", "/usr/bin/zsh", "zsh"],
  [{ SHELL: "" }, "linux", null, "/bin/sh", "other"],
  [{ SHELL: "nu" }, "linux", null, "nu", "other"],
  [{ SHELL: "/usr/bin/pwsh" }, "linux", null, "/usr/bin/pwsh", "powershell"],
  [modules(own("PowerShell")), "win32", null, "pwsh", "powershell"],
  [modules(own("WindowsPowerShell")), "win32", null, "powershell", "powershell"],
  [modules(), "win32", null, "C:\\Windows\\system32\\cmd.exe", "cmd"],
  [{}, "win32", null, "cmd.exe", "cmd"],
  [
    { SHELL: "C:\\Program Files\\Git\\usr\\bin\\bash.exe" },
    "win32",
    null,
    "C:\\Program Files\\Git\\usr\\bin\\bash.exe",
    "other",
  ],
];

test("userShell returns the shell that the variables name, or else the login shell", () => {
  for (const [environment, platform, login, program, kind] of rows) {
    assert.deepEqual(userShell(environment, platform, login), { program, kind });
  }
});
