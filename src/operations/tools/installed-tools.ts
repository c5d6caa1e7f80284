import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { OperationContext } from "../../settings/index.ts";
import { asPosyError, errnoOf } from "../../system/fs/index.ts";
import { frozenLock } from "../locking/lock-env.ts";
import { outdated } from "../outdated.ts";
import { openProject } from "../session/project-session.ts";
import { toolFolder } from "./tool-folders.ts";
import { readReceipt, type ToolReceipt } from "./tool-receipt.ts";

/** An installed tool. */
export interface ListedTool extends ToolReceipt {
  /** The normalised name of its package. */
  readonly name: string;
  /** The absolute folder of the tool. */
  readonly folder: string;
  /** The locked version; undefined if the lock is missing or damaged. */
  readonly version: string | undefined;
  /** The newest version that an upgrade would take, if it is asked for and newer. */
  readonly latest?: string;
}

/** Lists the installed tools by name. With `outdated`, only those that an upgrade would change; this asks indexes. */
export async function installedTools(
  options: { readonly outdated?: boolean },
  context: OperationContext,
): Promise<readonly ListedTool[]> {
  const tools: ListedTool[] = [];
  for (const name of await toolNames(context)) {
    const folder = toolFolder(name, context.environment);
    const receipt = await readReceipt(folder);
    if (receipt === undefined) continue;
    const tool = { ...receipt, name, folder, version: await lockedVersionOf(name, folder) };
    if (!options.outdated) {
      tools.push(tool);
      continue;
    }
    await using session = await openProject({}, { ...context, projectFolder: folder });
    const [row] = await outdated(session, [name]);
    const latest = row?.targets[0]?.allowed;
    if (latest !== undefined && latest !== tool.version) tools.push({ ...tool, latest });
  }
  return tools;
}

/** Returns the names of the folders of tools, sorted. */
export async function toolNames({ environment }: Pick<OperationContext, "environment">): Promise<string[]> {
  const tools = dirname(toolFolder("x", environment));
  const names = await readdir(tools).catch((error: unknown) => {
    if (errnoOf(error) === "ENOENT") return [];
    throw asPosyError(error, `reading \`${tools}\``);
  });
  return names.filter((name) => !name.startsWith(".")).sort();
}

/** Returns the version that the lock of a tool has; undefined if there is none. */
export async function lockedVersionOf(name: string, folder: string): Promise<string | undefined> {
  const lock = await frozenLock(join(folder, "pylock.toml")).catch(() => undefined);
  const pins = lock?.targets.flatMap(({ packages }) => packages);
  return pins?.find((pin) => pin.name === name)?.version;
}
