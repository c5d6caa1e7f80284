import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { compile } from "../../../scripts/release/compile.ts";
import { binaryName, releaseTargets } from "../../../scripts/release/targets.ts";

const sources = ["src", "scripts", "package-lock.json"];

/** Returns the path of Posy for a platform (`windows-x86_64`), compiled from the present sources. */
export function compiledPosy(platform: string): string {
  const target = releaseTargets.find((each) => each.platform === platform);
  if (target === undefined) throw new Error(`Posy is not compiled for ${platform}`);
  const executable = resolve("node_modules", ".cache", "posy-platforms", binaryName(target));
  const built = statSync(executable, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (built < newest(sources)) compile(executable, target);
  return executable;
}

/** Returns the time of the newest of these files and the files in these folders, in milliseconds. */
function newest(paths: readonly string[]): number {
  const files = paths.flatMap((path) =>
    statSync(path).isDirectory()
      ? readdirSync(path, { recursive: true, encoding: "utf8" }).map((name) => join(path, name))
      : [path],
  );
  return Math.max(...files.map((file) => statSync(file).mtimeMs));
}
