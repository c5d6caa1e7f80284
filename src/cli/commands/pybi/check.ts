import { resolve } from "node:path";
import { checkPybi } from "../../../pythons/pybi/check/index.ts";
import { thisMachine } from "../../../system/machine/index.ts";
import { renderFindings } from "../../ui/render-findings.ts";
import type { CommandContext } from "../command.ts";

export interface PybiCheckOptions {
  readonly run: boolean;
  readonly json?: true;
}

/** `posy pybi check`: prints which rules a pybi breaks. Returns 1 if it breaks one. */
export async function pybiCheckCommand(
  path: string,
  options: PybiCheckOptions,
  { console, cwd }: CommandContext,
): Promise<number> {
  const machine = options.run ? { machine: await thisMachine() } : {};
  const checked = await checkPybi(resolve(cwd, path), machine);
  console.print(options.json ? `${JSON.stringify(checked, undefined, 2)}\n` : renderFindings(checked));
  return checked.good ? 0 : 1;
}
