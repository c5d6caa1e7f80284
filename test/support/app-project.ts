import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Place } from "./posy.ts";

/** Writes the project of a place: an application that asks for these on two platforms; `more` are lines of `[tool.posy]` and behind it. */
export function writeApp(place: Place, dependencies: readonly string[], more: readonly string[] = []): void {
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
  writeFileSync(join(place.cwd, "pyproject.toml"), lines.join("\n"));
}
