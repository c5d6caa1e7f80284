import type { AST } from "toml-eslint-parser";
import { normalizeName, parseRequirement, type Requirement } from "../../../vocab/requirement/index.ts";
import { openDocument, refuseKey, type TomlDocument, withLine } from "../../../toml/index.ts";

/** A list of requirements of a project. Names are found whatever their spelling. */
export type RequirementPlace =
  | { readonly kind: "dependencies" }
  | { readonly kind: "extra"; readonly name: string }
  | { readonly kind: "group"; readonly name: string };

/** A requirement of a list; `requirement` is missing for what can't be read as one. */
export interface ListedRequirement {
  readonly index: number;
  readonly text: string;
  readonly requirement?: Requirement;
}

/** What a list has, without the groups that it includes; undefined where there is no such list. Throws `invalid-project`. */
export async function listedRequirements(
  text: string,
  path: string,
  place: RequirementPlace,
): Promise<readonly ListedRequirement[] | undefined> {
  const document = await openDocument(text, path);
  const node = arrayAt(document, place);
  return node && listed(node);
}

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

/** Undefined for what is no text: an `include-group`. */
export function textsOf(node: AST.TOMLArray): (string | undefined)[] {
  return node.elements.map((each) =>
    each.type === "TOMLValue" && each.kind === "string" ? each.value : undefined,
  );
}

/** The array of a place, undefined where there is none. Throws `invalid-project` where something else is there. */
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

/** With the name as the file spells it. */
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
