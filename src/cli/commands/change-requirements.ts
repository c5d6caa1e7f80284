import { basename } from "node:path";
import type { Blueprint } from "../../blueprint/blueprint.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { addRequirement } from "../../project/pyproject/add-requirement.ts";
import { parseProject } from "../../project/pyproject/read-project.ts";
import { removeRequirement } from "../../project/pyproject/remove-requirement.ts";
import { listedRequirements, type RequirementPlace } from "../../project/pyproject/requirement-lists.ts";
import { parsePackageName } from "../../vocab/name.ts";
import { parseRequirement } from "../../vocab/requirement.ts";
import { parseVersion } from "../../vocab/version.ts";
import { changeProject, type ProjectChangeOptions } from "../project/change-project.ts";
import type { Surroundings } from "./command.ts";

export type ChangeOptions = ProjectChangeOptions & { readonly group?: string; readonly extra?: string };

/** `posy add`: requirements into the project, a group or an extra, with a lower bound where none is said. */
export async function addCommand(
  texts: readonly string[],
  options: ChangeOptions,
  around: Surroundings,
): Promise<number> {
  const wanted = texts.map((text) => parseRequirement(text));
  const place = placeOf(options);
  return changeProject(projectWide(options), around, async (text, path, blueprint) => {
    let edited = text;
    for (const requirement of wanted) {
      const bound = blueprint && versionOf(blueprint, requirement.name);
      edited = (await addRequirement(edited, path, place, requirement.text, bound)).text;
    }
    return edited;
  });
}

/** `posy remove`: requirements out of the project, a group or an extra. */
export async function removeCommand(
  names: readonly string[],
  options: ChangeOptions,
  around: Surroundings,
): Promise<number> {
  const place = placeOf(options);
  return changeProject(projectWide(options), around, async (text, path) => {
    let edited = text;
    for (const name of names) {
      const { text: after, before } = await removeRequirement(edited, path, place, parsePackageName(name));
      if (before.length === 0) throw await notThere(name, edited, path, place);
      edited = after;
    }
    return edited;
  });
}

/** Says where else it is asked for. */
async function notThere(
  name: string,
  text: string,
  path: string,
  place: RequirementPlace,
): Promise<PosyError> {
  const { optionalDependencies, groups } = await parseProject(text, path);
  const others: readonly RequirementPlace[] = [
    { kind: "dependencies" },
    ...[...optionalDependencies.keys()].map((extra) => ({ kind: "extra", name: extra }) as const),
    ...[...groups.keys()].map((group) => ({ kind: "group", name: group }) as const),
  ];
  const wanted = parsePackageName(name);
  const found: string[] = [];
  for (const other of others) {
    const listed = (await listedRequirements(text, path, other)) ?? [];
    if (!listed.some(({ requirement }) => requirement?.name === wanted)) continue;
    found.push(
      other.kind === "dependencies"
        ? "without `--group` and `--extra`"
        : `with \`--${other.kind} ${other.name}\``,
    );
  }
  return new PosyError(
    "not-found",
    `\`${name}\` is not among the ${nounOf(place)} of \`${basename(path)}\``,
    {
      hint: found.length === 0 ? "`posy why` shows by whom it came" : `it is ${found.join(" and ")}`,
    },
  );
}

/** The group or the extra that is meant is no part of how everything is locked. */
function projectWide({ group: _group, extra: _extra, ...others }: ChangeOptions): ProjectChangeOptions {
  return others;
}

function placeOf({ group, extra }: ChangeOptions): RequirementPlace {
  if (group !== undefined && extra !== undefined) {
    throw new PosyError("usage", "`--group` and `--extra` can't both be said", {
      hint: "do it once for each",
    });
  }
  if (group !== undefined) return { kind: "group", name: group };
  return extra === undefined ? { kind: "dependencies" } : { kind: "extra", name: extra };
}

function nounOf(place: RequirementPlace): string {
  if (place.kind === "dependencies") return "dependencies";
  return place.kind === "group"
    ? `dependencies of the group \`${place.name}\``
    : `dependencies of the extra \`${place.name}\``;
}

/** The lowest that any target got: the bound has to let all of them be. */
function versionOf({ targets }: Blueprint, name: string): string | undefined {
  const versions = targets.flatMap(({ packages }) =>
    packages.filter((pin) => pin.name === name).map(({ version }) => parseVersion(version)),
  );
  versions.sort((a, b) => (a.order < b.order ? -1 : 1));
  // `==` takes a local version's public one, `>=` takes none.
  return versions[0]?.text.replace(/\+.*$/, "");
}
