import { PosyError } from "../../../errors/posy-error.ts";
import { planUninstall, type RemovedPart, uninstallSelf } from "../../../operations/self/uninstall-self.ts";
import { isTerminal } from "../../../system/process/index.ts";
import type { CommandContext } from "../command.ts";

export interface SelfUninstallOptions {
  readonly purge?: true;
  readonly yes?: true;
  readonly json?: true;
}

const kinds = {
  program: "the program",
  launcher: "a launcher of Python",
  tool: "a tool and its programs",
  completions: "completions",
  line: "the line of the installer",
  store: "everything that Posy keeps there",
} as const satisfies Readonly<Record<RemovedPart["kind"], string>>;

/** `posy self uninstall`: removes Posy, after a question. */
export async function selfUninstallCommand(
  { purge, yes, json }: SelfUninstallOptions,
  context: CommandContext,
): Promise<number> {
  const { console } = context;
  const parts = await planUninstall({ purge }, context);
  if (!yes) {
    if (!(await isTerminal(0))) {
      throw new PosyError(
        "usage",
        "`posy self uninstall` asks before it removes something, and nobody can answer",
        {
          hint: "`--yes` removes it without a question",
        },
      );
    }
    const lines = parts.map(({ kind, path }) => `  ${path} (${kinds[kind]})\n`).join("");
    console.tell(`this removes\n${lines}remove it? [y/N] `);
    if (!/^(y|yes)$/i.test((await firstLine()).trim())) {
      console.tell("nothing was removed\n");
      return 1;
    }
  }
  await uninstallSelf(parts, context);
  if (json) console.print(`${JSON.stringify({ removed: parts }, undefined, 2)}\n`);
  else console.printDone(parts.map(({ kind, path }) => `${path}: removed ${kinds[kind]}\n`).join(""));
  return 0;
}

async function firstLine(): Promise<string> {
  let text = "";
  for await (const chunk of process.stdin) {
    text += String(chunk);
    if (text.includes("\n")) break;
  }
  return text.split("\n", 1)[0] ?? "";
}
