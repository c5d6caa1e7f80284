import { basename } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { removeSource } from "../../project/pyproject/edit/edit-source.ts";
import type { Project } from "../../project/pyproject/project.ts";
import { parseProject } from "../../project/pyproject/read-project.ts";
import { removeRequirement } from "../../project/pyproject/edit/remove-requirement.ts";
import { listedRequirements, type RequirementPlace } from "../../project/pyproject/edit/requirement-lists.ts";
import { type PackageName, parsePackageName } from "../../vocab/requirement/name.ts";
import { placeOf } from "../args/options/dependency-table-options.ts";
import { changeProject, type ProjectChangeOptions } from "../../operations/change-project.ts";
import type { CommandContext } from "./command.ts";
import type { PlaceOptions } from "../../settings/options.ts";

export type RemoveOptions = ProjectChangeOptions & PlaceOptions;

/** `posy remove`: requirements out of the project, a group or an extra, and what says where they come from where nobody else asks for them. */
export async function removeCommand(
  names: readonly string[],
  options: RemoveOptions,
  context: CommandContext,
): Promise<number> {
  const { group: _group, extra: _extra, dev: _dev, ...others } = options;
  const place = placeOf(options);
  return changeProject(others, context, async (text, path) => {
    let edited = text;
    for (const written of names) {
      const name = parsePackageName(written);
      const { text: after, before } = await removeRequirement(edited, path, place, name);
      const elsewhere = await placesOf(name, after, path);
      if (before.length === 0) throw notThere(written, path, place, elsewhere);
      edited = elsewhere.length === 0 ? await removeSource(after, path, name) : after;
    }
    return edited;
  });
}

/** The lists that ask for a package. */
async function placesOf(name: PackageName, text: string, path: string): Promise<readonly RequirementPlace[]> {
  const found: RequirementPlace[] = [];
  for (const place of listsOf(await parseProject(text, path))) {
    const listed = (await listedRequirements(text, path, place)) ?? [];
    if (listed.some(({ requirement }) => requirement?.name === name)) found.push(place);
  }
  return found;
}

function listsOf({ optionalDependencies, groups }: Project): readonly RequirementPlace[] {
  return [
    { kind: "dependencies" },
    ...[...optionalDependencies.keys()].map((name) => ({ kind: "extra", name }) as const),
    ...[...groups.keys()].map((name) => ({ kind: "group", name }) as const),
  ];
}

/** Says where else it is asked for. */
function notThere(
  name: string,
  path: string,
  place: RequirementPlace,
  elsewhere: readonly RequirementPlace[],
): PosyError {
  const found = elsewhere.map((other) =>
    other.kind === "dependencies"
      ? "without `--group` and `--extra`"
      : `with \`--${other.kind} ${other.name}\``,
  );
  return new PosyError(
    "not-found",
    `\`${name}\` is not among the ${nounOf(place)} of \`${basename(path)}\``,
    {
      hint: found.length === 0 ? "`posy why` shows by whom it came" : `it is ${found.join(" and ")}`,
    },
  );
}

function nounOf(place: RequirementPlace): string {
  if (place.kind === "dependencies") return "dependencies";
  return place.kind === "group"
    ? `dependencies of the group \`${place.name}\``
    : `dependencies of the extra \`${place.name}\``;
}
