import { join } from "node:path";
import type { IndexOptions, OperationContext, PythonOptions } from "../../settings/index.ts";
import { textIfThere } from "../../system/fs/index.ts";
import { lock } from "../lock.ts";
import type { LockChange } from "../locking/lock-changes.ts";
import { namedTools } from "./named-tools.ts";
import { stageTool } from "./stage-tool.ts";
import { withPython } from "./tool-manifest.ts";

/** Options of `upgradeTools`. */
export type UpgradeToolsOptions = IndexOptions & PythonOptions;

/** A tool after `upgradeTools`. */
export interface UpgradedTool {
  readonly name: string;
  /** The packages whose versions changed, and `python`. Empty if the tool was up to date. */
  readonly changes: readonly LockChange[];
}

/**
 * Upgrades tools, by default all of them, to the newest versions that their requirements allow. With `python`, they
 * get that Python from now on. A program in use goes on with the old version. A program that somebody replaced stays.
 * Throws `not-found` for a tool that is not installed, and what resolving throws; then that tool stays as it is.
 */
export async function upgradeTools(
  names: readonly string[],
  { python, ...options }: UpgradeToolsOptions,
  context: OperationContext,
): Promise<readonly UpgradedTool[]> {
  const upgraded: UpgradedTool[] = [];
  for (const { name, folder, receipt } of await namedTools(names, context)) {
    const manifest = (await textIfThere(join(folder, "pyproject.toml"))) ?? "";
    const files = {
      manifest: python === undefined ? manifest : withPython(manifest, python),
      lock: await textIfThere(join(folder, "pylock.toml")),
    };
    const changes = await stageTool(name, files, options, context, async ({ session, finish }) => {
      const [locked] = await lock(session, { upgrade: true });
      const { programs: _programs, ...asked } = receipt;
      await finish(name, { ...asked, ...(python !== undefined && { python }) }, { foreign: "keep" });
      return locked?.changes ?? [];
    });
    upgraded.push({ name, changes });
  }
  return upgraded;
}
