import type { Blueprint } from "../../model/index.ts";
import { compareVersions, parseVersion, type Version } from "../../vocab/version/index.ts";
import { indexPins } from "./python-support.ts";
import type { OldestAnswer } from "./resolve-oldest.ts";

/** A lower bound that is below the locked versions, so that an older Python can meet it. */
export interface LoweredBound {
  readonly name: string;
  /** The version for the older Python. */
  readonly version: string;
  /** The least locked version. */
  readonly locked: string;
  /** The older Python: `3.11`. */
  readonly python: string;
}

/** Lists the requirements whose lower bound is that of an older Python. */
export function loweredBounds(found: Blueprint, oldest: readonly OldestAnswer[]): readonly LoweredBound[] {
  return oldest.flatMap(({ requirements, python, blueprint }) =>
    requirements.flatMap(({ requirement: { name } }) => {
      const [version, locked] = [leastIn(blueprint, name), leastIn(found, name)];
      if (version === undefined || locked === undefined || compareVersions(version, locked) >= 0) return [];
      return [{ name, version: version.text, locked: locked.text, python }];
    }),
  );
}

function leastIn(blueprint: Blueprint, name: string): Version | undefined {
  return indexPins(blueprint, name)
    .map(({ version }) => parseVersion(version))
    .sort(compareVersions)[0];
}
