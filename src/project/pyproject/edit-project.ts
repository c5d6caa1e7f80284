import type { AST } from "toml-eslint-parser";
import { PosyError } from "../../errors/posy-error.ts";
import { normalizeName, type PackageName } from "../../vocab/name.ts";
import { formatMarker } from "../../vocab/marker.ts";
import { parseRequirement, type Requirement } from "../../vocab/requirement.ts";
import { refuseKey } from "../../vocab/toml-value.ts";
import { type ArrayText, insertItem, removeItem } from "./edit-array.ts";
import { insertKey } from "./edit-key.ts";
import { joined, saysVersions, withBound } from "./join-requirements.ts";
import { indentationAt, lineBreakOf, type Splice, spliced } from "./splice.ts";
import { openDocument, type TomlDocument, withLine } from "./toml-document.ts";
import { tomlText } from "./toml-text.ts";

/** A list of requirements of a project. Names are found whatever their spelling. */
export type RequirementPlace =
  | { readonly kind: "dependencies" }
  | { readonly kind: "extra"; readonly name: string }
  | { readonly kind: "group"; readonly name: string };

export interface EditedProject {
  readonly text: string;
  /** What was taken out or replaced, as it was written. */
  readonly before: readonly string[];
}

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

/**
 * Adds a requirement to a list, or puts it in the place of the one for the same package and the same marker: that one's extras
 * stay, and its versions where the new one says none. `bound` is the least version to write where nobody says any. In a list that is sorted it goes where it belongs, else to the end. A list that is missing is made; `[project]` is not. Everything else stays as it is, byte for byte.
 * Throws `invalid-project`, `invalid-requirement`.
 */
export async function addRequirement(
  text: string,
  path: string,
  place: RequirementPlace,
  typed: string,
  bound?: string,
): Promise<EditedProject> {
  const document = await openDocument(text, path);
  const wanted = parseRequirement(typed);
  const requirement = bound === undefined || saysVersions(wanted) ? typed : withBound(typed, bound);
  const node = arrayAt(document, place);
  if (node === undefined) {
    const made = [makeList(document, place, requirement)];
    return finish(document, place, made, [], [requirement]);
  }
  const items = listed(node);
  const same = items.filter((item) => item.requirement && sameSubject(item.requirement, wanted));
  const [only, second] = same;
  if (only !== undefined && second !== undefined) {
    throw withLine(
      refuseKey(`${keyOf(document, place)}[${second.index}]`, `is a second one for \`${wanted.name}\``, {
        hint: "take one of both out",
      }),
      document,
    );
  }
  const texts = textsOf(node);
  const element = only && node.elements[only.index];
  if (only !== undefined && element !== undefined) {
    const whole = joined(only.text, typed);
    if (only.text === whole) return { text, before: [only.text] };
    const [start, end] = element.range;
    const splice = { start, end, text: tomlText(whole, quoteOf([element])) };
    return finish(document, place, [splice], [only.text], texts.with(only.index, whole));
  }
  const index = indexFor(items, wanted, node.elements.length);
  const item = tomlText(requirement, quoteOf(node.elements));
  return finish(
    document,
    place,
    insertItem(arrayText(document, node), index, item),
    [],
    texts.toSpliced(index, 0, requirement),
  );
}

/** Takes every requirement on a package out of a list. Nothing is removed where none is there: `before` is empty then. Throws `invalid-project`. */
export async function removeRequirement(
  text: string,
  path: string,
  place: RequirementPlace,
  name: PackageName,
): Promise<EditedProject> {
  let current = text;
  const before: string[] = [];
  for (;;) {
    const document = await openDocument(current, path);
    const node = arrayAt(document, place);
    const found = node && listed(node).find(({ requirement }) => requirement?.name === name);
    if (node === undefined || found === undefined) return { text: current, before };
    const splices = removeItem(arrayText(document, node), found.index);
    before.push(found.text);
    const rest = textsOf(node).toSpliced(found.index, 1);
    ({ text: current } = await finish(document, place, splices, before, rest));
  }
}

/** The edited text, read again: what comes out is what was meant, or nobody sees it. */
async function finish(
  document: TomlDocument,
  place: RequirementPlace,
  splices: readonly Splice[],
  before: readonly string[],
  expected: readonly (string | undefined)[],
): Promise<EditedProject> {
  const text = spliced(document.text, splices);
  const after = await openDocument(text, document.path).catch(() => undefined);
  const node = after && arrayAt(after, place);
  const found = node && textsOf(node);
  if (found === undefined || JSON.stringify(found) !== JSON.stringify(expected)) {
    throw new PosyError(
      "bug",
      `\`${document.path}\` could not be edited: what came out says something else`,
      {
        hint: "the file is as it was; edit it by hand",
      },
    );
  }
  return { text, before };
}

function sameSubject(a: Requirement, b: Requirement): boolean {
  const marker = ({ marker: own }: Requirement) => (own === undefined ? "" : formatMarker(own));
  return a.name === b.name && marker(a) === marker(b);
}

function listed(node: AST.TOMLArray): readonly ListedRequirement[] {
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
function textsOf(node: AST.TOMLArray): (string | undefined)[] {
  return node.elements.map((each) =>
    each.type === "TOMLValue" && each.kind === "string" ? each.value : undefined,
  );
}

/** Before the first that comes later in the alphabet, where all are in its order. */
function indexFor(items: readonly ListedRequirement[], wanted: Requirement, length: number): number {
  const keyed = items.map((item) => ({ ...item, key: item.requirement?.name ?? item.text.toLowerCase() }));
  const sorted = keyed.every(({ key }, at) => at === 0 || (keyed[at - 1]?.key ?? "") <= key);
  const later = sorted ? keyed.find(({ key }) => key > wanted.name) : undefined;
  if (later !== undefined) return later.index;
  const last = sorted ? items.at(-1) : undefined;
  return last === undefined ? length : last.index + 1;
}

/** Single quotation marks only where all have them. */
function quoteOf(elements: readonly AST.TOMLContentNode[]): '"' | "'" {
  const texts = elements.filter((each) => each.type === "TOMLValue" && each.kind === "string");
  return texts.length > 0 && texts.every((each) => "style" in each && each.style === "literal") ? "'" : '"';
}

function arrayText({ text }: TomlDocument, node: AST.TOMLArray): ArrayText {
  const inline = node.parent.type === "TOMLKeyValue" && node.parent.parent.type === "TOMLInlineTable";
  return { text, node, lineBreak: lineBreakOf(text), indentation: indentationOf(text), inline };
}

/** What the file's own lists are indented by; four spaces where it has none. */
function indentationOf(text: string): string {
  return /=[ \t]*\[[ \t]*(?:#.*)?\r?\n([ \t]+)\S/.exec(text)?.[1] ?? "    ";
}

/** The array of a place, undefined where there is none. Throws `invalid-project` where something else is there. */
function arrayAt(document: TomlDocument, place: RequirementPlace): AST.TOMLArray | undefined {
  const spot = document.spotOf(pathOf(document, place));
  if (spot === undefined) return undefined;
  if (spot.node?.type === "TOMLArray") return spot.node;
  throw withLine(refuseKey(keyOf(document, place), "must be an array"), document);
}

function tableOf(place: RequirementPlace): readonly string[] {
  if (place.kind === "dependencies") return ["project"];
  return place.kind === "extra" ? ["project", "optional-dependencies"] : ["dependency-groups"];
}

/** With the name as the file spells it. */
function pathOf(document: TomlDocument, place: RequirementPlace): readonly string[] {
  const table = tableOf(place);
  if (place.kind === "dependencies") return [...table, "dependencies"];
  const names = [...(document.spotOf(table)?.children.keys() ?? [])].map(String);
  const wanted = normalizeName(place.name);
  return [...table, names.find((name) => normalizeName(name) === wanted) ?? place.name];
}

function keyOf(document: TomlDocument, place: RequirementPlace): string {
  return pathOf(document, place)
    .map((name) => (/^[A-Za-z0-9_-]+$/.test(name) ? name : JSON.stringify(name)))
    .join(".");
}

function makeList(document: TomlDocument, place: RequirementPlace, requirement: string): Splice {
  const path = pathOf(document, place);
  const { text } = document;
  if (path[0] === "project") refuseToInvent(document, path[1] ?? "");
  const item = tomlText(requirement);
  const lineBreak = lineBreakOf(text);
  const outer = document.spotOf(path.slice(0, -1))?.table;
  const first = outer?.body[0];
  const margin = first === undefined ? "" : indentationAt(text, first.range[0]);
  const long = `[${lineBreak}${margin}${indentationOf(text)}${item},${lineBreak}${margin}]`;
  return insertKey(document, path, long, `[${item}]`);
}

/** A list of a project that does not exist, or that its build backend says, is not for us to begin. */
function refuseToInvent(document: TomlDocument, list: string): void {
  const project = document.value["project"];
  if (project === undefined) {
    throw new PosyError(
      "invalid-project",
      `\`${document.path}\` has no \`[project]\` that could depend on anything`,
      {
        hint: "`posy init` writes one; a dependency group needs none",
      },
    );
  }
  const dynamic = (project as { dynamic?: unknown }).dynamic;
  if (Array.isArray(dynamic) && dynamic.includes(list)) {
    throw withLine(
      refuseKey("project.dynamic", `leaves \`${list}\` to the build backend`, {
        hint: "add it where the backend reads it, or to a dependency group",
      }),
      document,
    );
  }
}
