import type { OperationContext } from "../../settings/index.ts";
import { configurationFolder, openHome } from "../../system/fs/index.ts";
import { thisMachine } from "../../system/machine/index.ts";
import { version } from "../../version.ts";
import { type Installation, installation } from "./installation.ts";

/** What `posy self info` says. */
export interface SelfDescription {
  readonly version: string;
  readonly installation: Installation;
  /** Posy's name of this machine's platform: `linux-x86_64`. */
  readonly platform: string;
  /** Absolute folders. */
  readonly store: string;
  readonly cache: string;
  readonly configuration: string;
  /** Where `posy self update` looks for releases, if that is set. */
  readonly releases: string | undefined;
}

/** Describes this Posy: its version, how it was installed, and where it keeps its files. */
export async function describeSelf({ environment }: OperationContext): Promise<SelfDescription> {
  const { data, cache } = openHome(environment);
  const { platform } = await thisMachine();
  return {
    version,
    installation: installation(),
    platform,
    store: data,
    cache,
    configuration: configurationFolder(environment),
    releases: environment["POSY_RELEASES"] || undefined,
  };
}
