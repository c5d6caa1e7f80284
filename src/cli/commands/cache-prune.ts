import { PosyError } from "../../errors/posy-error.ts";
import { pruneStore } from "../../operations/index.ts";
import { parseDuration, parseSize } from "../../text/index.ts";
import { formatSize } from "../ui/format-size.ts";
import { renderPruned } from "../ui/render-pruned.ts";
import type { CommandContext } from "./command.ts";

export interface CachePruneOptions {
  readonly dryRun?: true;
  readonly olderThan?: string;
  readonly maxSize?: string;
  readonly ci?: true;
  readonly keepArchives?: true;
  readonly verbose?: true;
  readonly json?: true;
}

/** `posy cache prune`: removes what nothing needs. */
export async function cachePruneCommand(
  { dryRun, olderThan, maxSize, ci, keepArchives, verbose, json }: CachePruneOptions,
  context: CommandContext,
): Promise<number> {
  const { console } = context;
  const limit = maxSize === undefined ? maxSizeSetting(context.environment) : size(maxSize);
  const { removed, inUse, excess } = await pruneStore(
    {
      dryRun: dryRun === true,
      ...(olderThan === undefined ? {} : { olderThan: duration(olderThan) }),
      ...(limit === undefined ? {} : { maxSize: limit }),
      ci: ci === true,
      keepArchives: keepArchives === true,
    },
    context,
  );
  if (json) {
    const users = Object.fromEntries(inUse);
    console.print(
      `${JSON.stringify({ dryRun: dryRun === true, removed, inUse: users, excess: excess ?? 0 }, undefined, 2)}\n`,
    );
  } else console.print(renderPruned(removed, { dryRun: dryRun === true, paths: verbose === true }));
  if (excess !== undefined) {
    console.warn(
      `the rest is ${formatSize(excess)} larger than \`${maxSize ?? formatSize(limit ?? 0)}\`: it is in use`,
    );
  }
  return 0;
}

function duration(text: string): number {
  const value = parseDuration(text);
  if (value !== undefined) return value;
  throw new PosyError("usage", `\`--older-than\` takes no \`${text}\``, {
    hint: "write a number with a unit, as in `--older-than 30d` (`m`, `h`, `d`, `w`)",
  });
}

/** Returns the bytes of `POSY_CACHE_MAX_SIZE`, or undefined. Throws `invalid-configuration` if it is no size. */
export function maxSizeSetting(environment: NodeJS.ProcessEnv): number | undefined {
  const text = environment["POSY_CACHE_MAX_SIZE"];
  if (!text) return undefined;
  const bytes = parseSize(text);
  if (bytes !== undefined) return bytes;
  throw new PosyError("invalid-configuration", `\`POSY_CACHE_MAX_SIZE\` is \`${text}\`, which is no size`, {
    hint: "set it to a number with a unit, such as `20GB`, or unset it",
  });
}

function size(text: string): number {
  const value = parseSize(text);
  if (value !== undefined) return value;
  throw new PosyError("usage", `\`--max-size\` takes no \`${text}\``, {
    hint: "write a number with a unit, as in `--max-size 20GB`",
  });
}
