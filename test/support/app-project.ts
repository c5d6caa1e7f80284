import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Sandbox } from "./posy.ts";

/**
 * Writes a `pyproject.toml` into the current folder of the sandbox: an application with these dependencies and two
 * platforms. `more` are lines of `[tool.posy]`, and of tables after it.
 */
export function writeApp(
  sandbox: Sandbox,
  dependencies: readonly string[],
  more: readonly string[] = [],
): void {
  const lines = [
    "[project]",
    'name = "app"',
    'version = "0.1"',
    `dependencies = ${JSON.stringify(dependencies)}`,
    "[tool.posy]",
    'platforms = ["linux-x86_64", "windows-x86_64"]',
    ...more,
    "",
  ];
  writeFileSync(join(sandbox.cwd, "pyproject.toml"), lines.join("\n"));
}
