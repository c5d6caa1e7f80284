import { pullRemote, pushRemote, remoteParts, type TransferredEntry } from "../../operations/index.ts";
import { choose } from "../../text/index.ts";
import type { CommandContext } from "./command.ts";

export interface CacheRemoteOptions {
  readonly only?: readonly string[];
  readonly dryRun?: true;
  readonly json?: true;
}

const words: Readonly<Record<TransferredEntry["status"], string>> = {
  pushed: "pushed",
  pulled: "pulled",
  exists: "is there already",
  checked: "would be sent",
  skipped: "skipped",
};

/** `posy cache push` and `posy cache pull`: exchange builds and interpreters with other machines. */
export async function cacheRemoteCommand(
  direction: "push" | "pull",
  [location = ""]: readonly string[],
  { only, dryRun, json }: CacheRemoteOptions,
  context: CommandContext,
): Promise<number> {
  const { console } = context;
  const transfer = direction === "push" ? pushRemote : pullRemote;
  const entries = await transfer(
    {
      location,
      ...(only === undefined ? {} : { parts: only.map((part) => choose("--only", part, remoteParts)) }),
      dryRun: dryRun === true,
      onEntry: (entry) => {
        if (!json) console.printDone(lineOf(entry));
      },
    },
    context,
  );
  console.reporter.finish();
  if (json) console.print(`${JSON.stringify(entries, undefined, 2)}\n`);
  return 0;
}

function lineOf({ kind, name, status, reason }: TransferredEntry): string {
  const what = kind === "pages" ? name : `${kind} ${name}`;
  return `${what}: ${words[status]}${reason === undefined ? "" : `, because ${reason}`}\n`;
}
