import type { Blueprint, Brief } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import type { ProjectSession } from "../session/project-session.ts";
import { listOptions } from "../locking/resolve-additional-list.ts";
import type { RequirementList } from "../../project/index.ts";

/** A group or an extra that no environment has, resolved together with the default environment. */
export interface UnlockedGroup {
  readonly list: RequirementList;
  /** Undefined if it cannot be resolved together with the default environment. */
  readonly answer: { readonly brief: Brief; readonly blueprint: Blueprint } | undefined;
  /** The reason, if there is no answer. */
  readonly reason?: string;
}

/** Errors of one list that do not stop the work on the others, because no environment uses the list. */
const errorsOfList = new Set([
  "unsatisfiable",
  "unknown-package",
  "invalid-project",
  "invalid-source",
  "build-failed",
]);

/** Resolves lists that no environment has, with the versions of the default environment as preferences. */
export async function unlockedGroups(
  session: ProjectSession,
  requirementLists: readonly RequirementList[],
  found: Blueprint | undefined,
): Promise<readonly UnlockedGroup[]> {
  const resolved: UnlockedGroup[] = [];
  for (const list of requirementLists) {
    try {
      const settings = await session.settings("default", listOptions(list));
      const { requirements, sources, constraints, overrides } = settings.brief;
      const brief = { ...settings.locked, requirements, sources: sources ?? [], constraints, overrides };
      const posy = await session.posy(settings);
      const blueprint = await posy.resolve(brief, found, { anyMachine: true });
      resolved.push({ list, answer: { brief, blueprint } });
    } catch (error) {
      if (!(error instanceof PosyError) || !errorsOfList.has(error.code)) throw error;
      const lines = error.message.split("\n");
      // The first line of an explanation says that there is no answer.
      const reason = lines.slice(lines.length > 1 ? 1 : 0).map((line) => line.trim());
      resolved.push({ list, answer: undefined, reason: reason.join(", ") });
    }
  }
  return resolved;
}
