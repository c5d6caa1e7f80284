import type { Blueprint } from "../../model/blueprint.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { addIndex } from "../../project/pyproject/edit/edit-index.ts";
import { addPlaced } from "../../project/pyproject/edit/add-placed.ts";
import { addRequirement } from "../../project/pyproject/edit/add-requirement.ts";
import { setSource } from "../../project/pyproject/edit/edit-source.ts";
import { boundKinds, versionBounds } from "../../project/pyproject/edit/version-bounds.ts";
import type { RequirementPlace } from "../../project/pyproject/edit/requirement-lists.ts";
import type { Requirement } from "../../vocab/requirement/requirement.ts";
import { parseVersion } from "../../vocab/version/version.ts";
import { placeOf } from "../args/options/dependency-table-options.ts";
import { changeProject, type ProjectChangeOptions } from "../../operations/change-project.ts";
import { resolveExtraLists } from "../../operations/resolve-extra-lists.ts";
import { requireProject } from "../../operations/require-project.ts";
import { type AddArgumentOptions, parseAddArguments } from "../../operations/parse-add-arguments.ts";
import { parseAddIndexes } from "../../operations/parse-add-indexes.ts";
import { choose } from "../../text/choose.ts";
import { openInputs } from "../../settings/inputs.ts";
import type { CommandContext } from "./command.ts";
import type { PlaceOptions } from "../../settings/options.ts";

export type AddOptions = ProjectChangeOptions & PlaceOptions & AddArgumentOptions & { readonly bounds?: string };

/**
 * `posy add`: requirements into the project, a group or an extra, with versions from what was found where none are said; with
 * the places that they come from, and the indexes that they are to be looked for in.
 */
export async function addCommand(
  texts: readonly string[],
  { bounds, group, extra, dev, ...options }: AddOptions,
  context: CommandContext,
): Promise<number> {
  const place = placeOf({ ...(group && { group }), ...(extra && { extra }), ...(dev && { dev }) });
  const kind = choose("--bounds", bounds ?? "lower", boundKinds);
  const { common, added } = partedOptions(options);
  const { project } = await requireProject(
    { ...common, index: [] },
    openInputs(context.environment, context.cwd),
  );
  const { indexes, besides } = parseAddIndexes(common.index ?? [], project, context);
  const others = { ...common, index: besides };
  const wanted = await parseAddArguments(texts, { ...added, ...others }, context);
  for (const { requirement } of wanted) refuseSelf(requirement, project.name, place);
  const [only, second] = indexes.filter(({ name }) => name !== undefined);
  return changeProject(others, context, async (text, path, found) => {
    const plain = await write(text, path, undefined);
    if (found === undefined) return plain;
    const names = wanted.map(({ requirement }) => requirement.name);
    return write(text, path, await resolveExtraLists(found, { text: plain, path, place, names }, others, context));
  });

  async function write(text: string, path: string, found: Blueprint | undefined): Promise<string> {
    let edited = text;
    for (const { written } of indexes.toReversed())
      if (written) edited = await addIndex(edited, path, written);
    for (const { requirement, absolute } of wanted) {
      const { name, url } = requirement;
      if (url !== undefined) {
        edited = await addPlaced(edited, path, place, { ...requirement, url, absolute });
        continue;
      }
      const version = found && versionOf(found, name);
      const clauses = version === undefined ? {} : { bounds: versionBounds(version, kind) };
      edited = (await addRequirement(edited, path, place, requirement.text, clauses)).text;
      if (only?.name !== undefined && second === undefined) {
        edited = await setSource(edited, path, name, { index: only.name });
      }
    }
    return edited;
  }
}

/** What is said of the requirements, and what is said of how everything is locked. */
function partedOptions(options: ProjectChangeOptions & AddArgumentOptions) {
  const { editable, branch, tag, rev, marker, requirements, ...common } = options;
  return { added: { editable, branch, tag, rev, marker, requirements }, common };
}

/** What a project asks of itself is an extra of its own, in a group or another extra. */
function refuseSelf(
  { name, extras }: Requirement,
  own: string | undefined,
  { kind }: RequirementPlace,
): void {
  if (name !== own || (kind !== "dependencies" && extras.length > 0)) return;
  throw new PosyError("usage", `\`${name}\` is the project itself, which is in its environments anyway`, {
    hint: "name another package",
  });
}

/** The lowest that any target got: the bounds have to let all of them be. A package that is had by its place has none. */
function versionOf({ targets }: Blueprint, name: string): string | undefined {
  const pins = targets.flatMap(({ packages }) => packages.filter((pin) => pin.name === name));
  if (pins.some(({ artifact }) => artifact.direct)) return undefined;
  const versions = pins.map(({ version }) => parseVersion(version));
  versions.sort((a, b) => (a.order < b.order ? -1 : 1));
  // `==` takes a local version's public one, `>=` takes none.
  return versions[0]?.text.replace(/\+.*$/, "");
}
