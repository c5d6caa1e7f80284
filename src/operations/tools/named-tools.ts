import { PosyError } from "../../errors/posy-error.ts";
import type { OperationContext } from "../../settings/index.ts";
import { didYouMean } from "../../text/index.ts";
import { normalizeName } from "../../vocab/requirement/index.ts";
import { toolNames } from "./installed-tools.ts";
import { toolFolder } from "./tool-folders.ts";
import { readReceipt, type ToolReceipt } from "./tool-receipt.ts";

/** An installed tool with its receipt. */
export interface NamedTool {
  readonly name: string;
  /** The absolute folder of the tool. */
  readonly folder: string;
  readonly receipt: ToolReceipt;
}

/** Returns the installed tools with these names, or all of them. Throws `not-found` with the nearest name. */
export async function namedTools(
  names: readonly string[],
  context: OperationContext,
): Promise<readonly NamedTool[]> {
  const installed = await toolNames(context);
  const tools: NamedTool[] = [];
  for (const typed of names.length > 0 ? names : installed) {
    const name = normalizeName(typed);
    const folder = toolFolder(name, context.environment);
    const receipt = installed.includes(name) ? await readReceipt(folder) : undefined;
    if (receipt === undefined) {
      const [near] = didYouMean(name, installed);
      throw new PosyError("not-found", `the tool \`${typed}\` is not installed`, {
        hint: near === undefined ? `\`posy tool install ${typed}\` installs it` : `did you mean \`${near}\`?`,
      });
    }
    tools.push({ name, folder, receipt });
  }
  return tools;
}
