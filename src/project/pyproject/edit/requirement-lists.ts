import type { AST } from "toml-eslint-parser";
import { normalizeName, parseRequirement, type Requirement } from "../../../vocab/requirement/index.ts";
import { openDocument, refuseKey, type TomlDocument, tomlKeyPath, withLine } from "../../../toml/index.ts";

/** A list of requirements of a project: its dependencies, an extra, or a group. Names may have any spelling. */
export type RequirementList =
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
  list: RequirementList,
): Promise<readonly ListedRequirement[] | undefined> {
  const document = await openDocument(text, path);
  const node = arrayAt(document, list);
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
export function arrayAt(document: TomlDocument, list: RequirementList): AST.TOMLArray | undefined {
  const location = document.locate(pathOf(document, list));
  if (location === undefined) return undefined;
  if (location.node?.type === "TOMLArray") return location.node;
  throw withLine(refuseKey(keyOf(document, list), "must be an array"), document);
}

function tableOf(list: RequirementList): readonly string[] {
  if (list.kind === "dependencies") return ["project"];
  return list.kind === "extra" ? ["project", "optional-dependencies"] : ["dependency-groups"];
}

/** Returns the key path of a list, with the name of the group or extra as the file spells it. */
export function pathOf(document: TomlDocument, list: RequirementList): readonly string[] {
  const table = tableOf(list);
  if (list.kind === "dependencies") return [...table, "dependencies"];
  const names = [...(document.locate(table)?.children.keys() ?? [])].map(String);
  const wanted = normalizeName(list.name);
  return [...table, names.find((name) => normalizeName(name) === wanted) ?? list.name];
}

export function keyOf(document: TomlDocument, list: RequirementList): string {
  return tomlKeyPath(pathOf(document, list));
}
