import { PosyError } from "../../errors/posy-error.ts";
import type { Requirement } from "../../vocab/requirement/index.ts";
import type { EnvLock, EnvResolution } from "../locking/resolve-envs.ts";
import { type Outdated, type PrereleaseChoice, prereleaseChoices } from "../outdated/outdated-packages.ts";
import type { ProjectSession } from "../session/project-session.ts";
import { explainOutdated, openEnvs } from "../upgrade/explain-outdated.ts";

/** The choices of `add` that a person may not expect. */
export interface SurprisingChoices {
  /** Added packages that are locked at an older version than the newest, with reasons. */
  readonly behind: readonly Outdated[];
  /** Added packages that are locked at a pre-release, although nobody asked for one. */
  readonly prereleases: readonly PrereleaseChoice[];
}

/**
 * Explains why added packages are not locked at their newest version, or at a pre-release. What the added requirement
 * itself excludes needs no explanation. `opened` is the project with the requirements as typed, and `asked` its
 * resolution. A failure to explain is not a failure to add: then there are no explanations.
 */
export async function explainChoices(
  requirements: readonly Requirement[],
  change: {
    readonly locks: readonly EnvLock[];
    readonly asked: readonly EnvResolution[];
    readonly opened: ProjectSession;
  },
): Promise<SurprisingChoices> {
  const added = requirements.filter(({ url }) => url === undefined);
  const names = new Set<string>(added.map(({ name }) => name));
  const specifiers = new Map<string, string>(added.map(({ name, specifier }) => [name, specifier.text]));
  try {
    const prereleases = await prereleaseChoices(await openEnvs(change), names);
    const behind = await explainOutdated(change, names);
    return {
      prereleases,
      behind: behind.filter((row) => !isExcludedBy(specifiers.get(row.name) ?? "", row)),
    };
  } catch (error) {
    if (!(error instanceof PosyError) || error.code === "bug") throw error;
    return { behind: [], prereleases: [] };
  }
}

/** Whether only the added requirement itself, such as `numpy<2`, keeps a package from its newest version. */
function isExcludedBy(specifier: string, { targets }: Outdated): boolean {
  if (specifier === "") return false;
  return targets.every(({ heldBack }) =>
    heldBack.every(
      (reason) =>
        reason.kind === "together" || (reason.kind === "written" && reason.requirement.endsWith(specifier)),
    ),
  );
}
