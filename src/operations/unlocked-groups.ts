import type { Blueprint } from "../model/blueprint.ts";
import type { Brief } from "../model/brief.ts";
import { PosyError } from "../errors/posy-error.ts";
import { parseProject } from "../project/pyproject/read-project.ts";
import type { RequirementPlace } from "../project/pyproject/edit/requirement-lists.ts";
import type { CommandContext } from "../cli/commands/command.ts";
import { openInputs } from "../settings/inputs.ts";
import { openPosyFor } from "../settings/open-posy-for.ts";
import type { ProjectChangeOptions } from "./change-project.ts";
import { settingsOfProject } from "./project-settings.ts";

/** A group or an extra that no environment has, and what it comes to beside the default one. */
export interface UnlockedGroup {
  readonly place: RequirementPlace;
  /** Undefined where it can't be had beside it. */
  readonly answer: { readonly brief: Brief; readonly blueprint: Blueprint } | undefined;
  /** Then why. */
  readonly reason?: string;
}

/** What is wrong with a list that nobody uses is no reason to leave the others. */
const ofTheList = new Set([
  "unsatisfiable",
  "unknown-package",
  "invalid-project",
  "invalid-source",
  "build-failed",
]);

/** What nobody locks is looked for beside what the default environment was found to be. */
export async function unlockedGroups(
  text: string,
  path: string,
  places: readonly RequirementPlace[],
  found: Blueprint | undefined,
  options: ProjectChangeOptions,
  context: CommandContext,
): Promise<readonly UnlockedGroup[]> {
  if (places.length === 0) return [];
  const project = await parseProject(text, path);
  const lists: UnlockedGroup[] = [];
  for (const place of places) {
    const more =
      place.kind === "group"
        ? { group: [place.name] }
        : place.kind === "extra"
          ? { extra: [place.name] }
          : {};
    try {
      const inputs = openInputs(context.environment, context.cwd);
      const settings = await settingsOfProject(project, { ...options, ...more }, inputs);
      const { requirements, sources, constraints, overrides } = settings.brief;
      const brief = { ...settings.locked, requirements, sources: sources ?? [], constraints, overrides };
      const posy = await openPosyFor(settings, context, new Map([[path, text]]));
      try {
        const blueprint = await posy.resolve(brief, found, { anyMachine: true });
        lists.push({ place, answer: { brief, blueprint } });
      } finally {
        await posy.close();
      }
    } catch (error) {
      if (!(error instanceof PosyError) || !ofTheList.has(error.code)) throw error;
      const lines = error.message.split("\n");
      // The first line of an explanation says that there is no answer.
      const reason = lines.slice(lines.length > 1 ? 1 : 0).map((line) => line.trim());
      lists.push({ place, answer: undefined, reason: reason.join(", ") });
    }
  }
  return lists;
}
