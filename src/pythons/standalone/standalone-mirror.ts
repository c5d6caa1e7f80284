import type { StandaloneBuild } from "./standalone-build.ts";

/** Where archives of python-build-standalone are. */
export interface StandalonePlace {
  /** Safe to print. */
  readonly label: string;
  /** What it lists, newest first and chosen (`chooseBuilds`), in as many steps as it takes to ask: who has found what they look for stops. */
  listings(): AsyncIterable<readonly StandaloneBuild[]>;
  /** Where it has an archive; undefined where it doesn't. */
  urlOf(build: StandaloneBuild): Promise<string | undefined>;
}
