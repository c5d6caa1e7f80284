import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { compileFlags } from "../compile-flags.mjs";
import { runtimeOf } from "./runtimes.ts";
import { signMacOS } from "./sign-macos.ts";
import type { ReleaseTarget } from "./targets.ts";

/**
 * The modules that programs start with. The program itself comes first. The binary also contains the worker that it
 * runs in threads (src/system/process/worker.ts).
 */
export const entryPoints = [
  join("src", "cli", "main.ts"),
  join("src", "forest", "wheels", "unpack", "unpack-worker.ts"),
] as const;

/**
 * Compiles Posy to one executable file, for this machine or for the given platform. Throws if the compiler fails. Two
 * builds of the same sources have the same bytes.
 */
export function compile(outfile: string, target?: ReleaseTarget): void {
  mkdirSync(dirname(outfile), { recursive: true });
  const { status, error } = spawnSync(
    join("node_modules", "bun", "bin", "bun.exe"),
    [
      "build",
      ...compileFlags,
      ...(target ? [`--target=${target.bunTarget}`, `--compile-executable-path=${runtimeOf(target)}`] : []),
      "--root=src",
      ...entryPoints,
      "--outfile",
      outfile,
    ],
    { stdio: "inherit" },
  );
  if (status !== 0) throw error ?? new Error(`\`bun build\` failed for ${outfile}`);
  if (target ? target.platform.startsWith("macos-") : process.platform === "darwin") signMacOS(outfile);
}
