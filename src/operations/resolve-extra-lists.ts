import type { Blueprint } from "../model/blueprint.ts";
import { parseProject } from "../project/pyproject/read-project.ts";
import type { RequirementPlace } from "../project/pyproject/edit/requirement-lists.ts";
import type { CommandContext } from "../cli/commands/command.ts";
import { openInputs } from "../settings/inputs.ts";
import { openPosyFor } from "../settings/open-posy-for.ts";
import type { ProjectChangeOptions } from "./change-project.ts";
import { settingsOfProject } from "./project-settings.ts";

interface Written {
  /** The `pyproject.toml` as it is going to be. */
  readonly text: string;
  readonly path: string;
  readonly place: RequirementPlace;
  readonly names: readonly string[];
}

/**
 * What was found for the environments of a project, and what is found for an extra or a group that none of them has: that is
 * resolved besides, so that what can't be had is refused there too. Throws as resolving does.
 */
export async function resolveExtraLists(
  found: Blueprint,
  { text, path, place, names }: Written,
  options: ProjectChangeOptions,
  context: CommandContext,
): Promise<Blueprint> {
  const locked = new Set(found.targets.flatMap(({ packages }) => packages.map(({ name }) => name)));
  if (place.kind === "dependencies" || names.every((name) => locked.has(name))) return found;
  const project = await parseProject(text, path);
  const more = place.kind === "group" ? { group: [place.name] } : { extra: [place.name] };
  const inputs = openInputs(context.environment, context.cwd);
  const settings = await settingsOfProject(project, { ...options, ...more }, inputs);
  const posy = await openPosyFor(settings, context, new Map([[path, text]]));
  try {
    const besides = await posy.resolve(settings.brief, found, { anyMachine: true });
    return { ...found, targets: [...found.targets, ...besides.targets] };
  } finally {
    await posy.close();
  }
}
