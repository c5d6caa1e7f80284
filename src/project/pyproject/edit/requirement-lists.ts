import type { AST } from "toml-eslint-parser";
import { normalizeName, parseRequirement, type Requirement } from "../../../vocab/requirement/index.ts";
import { openDocument, refuseKey, type TomlDocument, withLine } from "../../../toml/index.ts";

/** A list of requirements of a project: its dependencies, an extra, or a group. Names may have any spelling. */
export type RequirementPlace =
  | { readonly kind: "dependencies" }
  | { readonly kind: "extra"; readonly name: string }
  | { readonly kind: "group"; readonly name: string };

/** An item of a list of requirements. `requirement` is missing if the text is not a valid requirement. */
export interface ListedRequirement {
  readonly index: number;
  readonly text: string;
  readonly requirement?: Requirement;
}

/**
 * Returns the requirements of a list, without those of included groups; undefined if there is no such list. Throws
 * `invalid-project`.
 */
export async function listedRequirements(
  text: string,
  path: string,
  place: RequirementPlace,
): Promise<readonly ListedRequirement[] | undefined> {
  const document = await openDocument(text, path);
  const node = arrayAt(document, place);
  return node && listed(node);
}

/** Returns the items of an array that are texts. */
export function listed(node: AST.TOMLArray): readonly ListedRequirement[] {
  return textsOf(node).flatMap((text, index) => {
    if (text === undefined) return [];
    try {
      return [{ index, text, requirement: parseRequirement(text) }];
    } catch {
      return [{ index, text }];
    }
  });
}

/** Returns the texts of an array. Other items (`include-group`) are undefined. */
export function textsOf(node: AST.TOMLArray): (string | undefined)[] {
  return node.elements.map((element) =>
    element.type === "TOMLValue" && element.kind === "string" ? element.value : undefined,
  );
}

/** Returns the array of a list; undefined if there is none. Throws `invalid-project` if it is not an array. */
export function arrayAt(document: TomlDocument, place: RequirementPlace): AST.TOMLArray | undefined {
  const spot = document.locate(pathOf(document, place));
  if (spot === undefined) return undefined;
  if (spot.node?.type === "TOMLArray") return spot.node;
  throw withLine(refuseKey(keyOf(document, place), "must be an array"), document);
}

function tableOf(place: RequirementPlace): readonly string[] {
  if (place.kind === "dependencies") return ["project"];
  return place.kind === "extra" ? ["project", "optional-dependencies"] : ["dependency-groups"];
}

/** Returns the key path of a list, with the name of the group or extra as the file spells it. */
export function pathOf(document: TomlDocument, place: RequirementPlace): readonly string[] {
  const table = tableOf(place);
  if (place.kind === "dependencies") return [...table, "dependencies"];
  const names = [...(document.locate(table)?.children.keys() ?? [])].map(String);
  const wanted = normalizeName(place.name);
  return [...table, names.find((name) => normalizeName(name) === wanted) ?? place.name];
}

export function keyOf(document: TomlDocument, place: RequirementPlace): string {
  return pathOf(document, place)
    .map((name) => (/^[A-Za-z0-9_-]+$/.test(name) ? name : JSON.stringify(name)))
    .join(".");
}
