import type { Command } from "@commander-js/extra-typings";
import type { CacheCleanOptions, JsonOption } from "../commands/cache.ts";
import type { CachePruneOptions } from "../commands/cache-prune.ts";
import type { AddCommand } from "./make-program.ts";
import { jsonOption } from "./options/json-option.ts";
import { option, repeated } from "./options/option.ts";

/** Adds `posy cache dir`, `size`, `verify`, `prune` and `clean`. */
export function addCacheCommands(cache: Command, add: AddCommand): void {
  add(
    cache,
    "dir",
    "Print the folder of the store and that of the cache",
    () => [jsonOption()],
    async (options: JsonOption, _, context) => {
      const { cacheDirCommand } = await import("../commands/cache.ts");
      return cacheDirCommand(options, context);
    },
  );
  add(
    cache,
    "size",
    "Show how large the store and the cache are",
    () => [jsonOption()],
    async (options: JsonOption, _, context) => {
      const { cacheSizeCommand } = await import("../commands/cache.ts");
      return cacheSizeCommand(options, context);
    },
  );
  add(
    cache,
    "verify",
    "Check the files of the store and the cache for damage",
    () => [
      option("--repair", "Make damaged entries again, or remove them"),
      option("--full", "Compare the hashes of all files, not only sizes and times"),
      jsonOption(),
    ],
    async (options: JsonOption & { repair?: true; full?: true }, _, context) => {
      const { cacheVerifyCommand } = await import("../commands/cache.ts");
      return cacheVerifyCommand(options, context);
    },
  );
  add(
    cache,
    "prune",
    "Remove what no project, no tool and no recent run needs",
    () => [
      option("--dry-run", "Only list what would be removed, with the reasons"),
      option("--older-than <age>", "Remove what was not used for this long (default: 30d)"),
      option("--max-size <size>", "Also remove what was used least recently, down to this size"),
      option("--ci", "Keep builds, and remove what is downloaded as fast as a cache"),
      option("--keep-archives", "Keep archives that are unpacked in the store"),
      jsonOption(),
    ],
    async (options: CachePruneOptions, _, context) => {
      const { cachePruneCommand } = await import("../commands/cache-prune.ts");
      return cachePruneCommand(options, context);
    },
  );
  add(
    cache,
    "clean [name...]",
    "Remove everything from the store and the cache, or parts of it, or what belongs to packages",
    () => [repeated("--package <name>", "A package, whose name may be that of a part"), jsonOption()],
    async (options: CacheCleanOptions, operands, context) => {
      const { cacheCleanCommand } = await import("../commands/cache.ts");
      return cacheCleanCommand(operands, options, context);
    },
  );
}
