import type { OperationContext } from "../../settings/index.ts";
import { asPosyError, openHome, removeTree } from "../../system/fs/index.ts";
import { namedTools } from "./named-tools.ts";
import { removeLaunchers, writeLaunchers } from "./tool-launchers.ts";

/** A tool that was removed. */
export interface UninstalledTool {
  readonly name: string;
  readonly programs: readonly string[];
}

/** Removes tools and their programs; with no names, all tools. Throws `not-found` for one that is not installed. */
export async function uninstallTools(
  names: readonly string[],
  context: OperationContext,
): Promise<readonly UninstalledTool[]> {
  const tools = await namedTools(names, context);
  for (const { folder, receipt } of tools) {
    const { programs, bin } = receipt;
    try {
      await removeLaunchers(programs, bin, folder);
      await removeTree(folder, openHome(context.environment).dataTmp);
    } catch (error) {
      // On Windows the tool may be running. It stays whole, so that a later attempt removes it.
      await writeLaunchers(programs, bin, folder).catch(() => {});
      throw asPosyError(error, `removing \`${folder}\``);
    }
  }
  return tools.map(({ name, receipt }) => ({ name, programs: receipt.programs }));
}
