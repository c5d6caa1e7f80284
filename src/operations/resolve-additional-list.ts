import type { Blueprint } from "../model/index.ts";
import type { RequirementPlace } from "../project/index.ts";
import type { AdditionalLists, ProjectSession } from "./project-session.ts";

/** Packages of a list of a project. */
interface Listed {
  readonly place: RequirementPlace;
  readonly names: readonly string[];
}

/**
 * Adds what a group or an extra comes to that no environment has to what was found for the environments. It is resolved next
 * to that, so that an addition that does not fit is refused. Throws as resolving does.
 */
export async function resolveAdditionalList(
  session: ProjectSession,
  found: Blueprint,
  { place, names }: Listed,
): Promise<Blueprint> {
  const locked = new Set(found.targets.flatMap(({ packages }) => packages.map(({ name }) => name)));
  if (place.kind === "dependencies" || names.every((name) => locked.has(name))) return found;
  const settings = await session.settings("default", listOptions(place));
  const posy = await session.posy(settings);
  const additional = await posy.resolve(settings.brief, found, { anyMachine: true });
  return { ...found, targets: [...found.targets, ...additional.targets] };
}

/** The options that ask for a list in addition to an environment. */
export function listOptions(place: RequirementPlace): AdditionalLists {
  if (place.kind === "dependencies") return {};
  return place.kind === "group" ? { group: [place.name] } : { extra: [place.name] };
}
