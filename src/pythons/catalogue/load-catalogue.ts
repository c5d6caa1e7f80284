import type { PlatformName } from "../../vocab/tags/index.ts";
import type { Interpreter } from "../../model/index.ts";
import { type Catalogue, catalogueInterpreter, entryPlatform } from "./catalogue-entry.ts";

const known = new Map<PlatformName | undefined, Promise<readonly Interpreter[]>>();

/**
 * The built-in catalogue, read when it is first asked for: newest release first, as its file has it. Of one platform
 * where one is given: describing an interpreter costs 0.1 ms at the start of a process.
 */
export function loadCatalogue(platform?: PlatformName): Promise<readonly Interpreter[]> {
  const before = known.get(platform);
  if (before !== undefined) return before;
  const loading = import("./catalogue.json", { with: { type: "json" } }).then(({ default: catalogue }) =>
    (catalogue as Catalogue).interpreters
      .filter((entry) => platform === undefined || entryPlatform(entry) === platform)
      .map(catalogueInterpreter),
  );
  known.set(platform, loading);
  return loading;
}
