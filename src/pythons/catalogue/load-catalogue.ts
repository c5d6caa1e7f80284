import type { PlatformName } from "../../vocab/tags/index.ts";
import type { Interpreter } from "../../model/index.ts";
import { type Catalogue, catalogueInterpreter, entryPlatform } from "./catalogue-entry.ts";

const loaded = new Map<PlatformName | undefined, Promise<readonly Interpreter[]>>();

/**
 * Returns the interpreters of the built-in catalogue, newest release first; it is read on first use. With a platform,
 * only its interpreters are described, since each costs 0.1 ms at the start of a process.
 */
export function loadCatalogue(platform?: PlatformName): Promise<readonly Interpreter[]> {
  const cached = loaded.get(platform);
  if (cached !== undefined) return cached;
  const loading = import("./catalogue.json", { with: { type: "json" } }).then(({ default: catalogue }) =>
    (catalogue as Catalogue).interpreters
      .filter((entry) => platform === undefined || entryPlatform(entry) === platform)
      .map(catalogueInterpreter),
  );
  loaded.set(platform, loading);
  return loading;
}
