import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeNpmPackages } from "./npm-packages.ts";
import type { ReleaseTarget } from "./targets.ts";
import { writeWheel } from "./wheels.ts";

/**
 * Writes the npm packages and the wheels of a release to `npm/` and `wheels/` in its folder, which must have the
 * compiled programs already.
 */
export async function writePackages(folder: string, targets: readonly ReleaseTarget[]): Promise<void> {
  const manifest = JSON.parse(readFileSync("package.json", "utf8"));
  const [npm, wheels] = [join(folder, "npm"), join(folder, "wheels")];
  for (const each of [npm, wheels]) {
    rmSync(each, { recursive: true, force: true });
    mkdirSync(each, { recursive: true });
  }
  writeNpmPackages(npm, folder, targets, manifest);
  await Promise.all(targets.map((target) => writeWheel(wheels, folder, target, manifest)));
}
