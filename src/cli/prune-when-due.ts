import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { openHome, statIfThere } from "../system/fs/index.ts";
import { ownProgram } from "../system/process/index.ts";
import { maxSizeSetting } from "./commands/cache-prune.ts";

const day = 24 * 3600 * 1000;

/**
 * Starts `posy cache prune` in the background if `POSY_CACHE_MAX_SIZE` sets a limit, and no prune was started in the
 * last day. The command that is running does not wait for it. Throws `invalid-configuration` for a malformed limit.
 */
export function pruneWhenDue(environment: NodeJS.ProcessEnv): void {
  if (maxSizeSetting(environment) === undefined) return;
  const { pruned } = openHome(environment);
  if (Date.now() - (statIfThere(pruned)?.mtimeMs ?? 0) < day) return;
  try {
    // First, so that a second Posy does not start it, too.
    mkdirSync(dirname(pruned), { recursive: true });
    writeFileSync(pruned, "");
  } catch {
    // A cache that cannot be written to cannot be pruned.
    return;
  }
  const { isCompiled } = ownProgram();
  const [main = ""] = process.argv.slice(1);
  const args = [...(isCompiled ? [] : [main]), "cache", "prune", "--quiet"];
  const child = spawn(process.execPath, args, {
    cwd: dirname(pruned),
    detached: true,
    env: environment,
    stdio: "ignore",
    windowsHide: true,
  });
  child.on("error", () => {});
  child.unref();
}
