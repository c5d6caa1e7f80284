import { PosyError } from "../../../errors/posy-error.ts";
import { formatMarker, parseRequirement, type Requirement } from "../../../vocab/requirement/index.ts";
import {
  indentationAt,
  insertItem,
  insertKey,
  lineBreakOf,
  openDocument,
  refuseKey,
  type Splice,
  type TomlDocument,
  tomlText,
  withLine,
} from "../../../toml/index.ts";
import { arrayText, type EditedProject, finish, indentationOf, quoteOf } from "./edited-list.ts";
import { joined, saysVersions, withBounds } from "./join-requirements.ts";
import {
  arrayAt,
  keyOf,
  listed,
  type ListedRequirement,
  pathOf,
  type RequirementPlace,
  textsOf,
} from "./requirement-lists.ts";

/**
 * Adds a requirement to a list, or puts it in the place of the one for the same package and the same marker: that one's extras
 * stay, and its versions where the new one says none. `bounds` are the clauses to write where nobody says any (`>=1.0`); with
 * `elsewhere` a place that the old one names goes, since another is said for it. In a list that is sorted it goes where it belongs, else to the end. A list that is missing is made; `[project]` is not. Everything else stays as it is, byte for byte.
 * Throws `invalid-project`, `invalid-requirement`.
 */
export async function addRequirement(
  text: string,
  path: string,
  place: RequirementPlace,
  typed: string,
  { bounds, elsewhere }: { readonly bounds?: string | undefined; readonly elsewhere?: true } = {},
): Promise<EditedProject> {
  const document = await openDocument(text, path);
  const wanted = parseRequirement(typed);
  const requirement = bounds === undefined || saysVersions(wanted) ? typed : withBounds(typed, bounds);
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
    const whole = joined(only.text, typed, elsewhere);
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

function sameSubject(a: Requirement, b: Requirement): boolean {
  const marker = ({ marker: own }: Requirement) => (own === undefined ? "" : formatMarker(own));
  return a.name === b.name && marker(a) === marker(b);
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

function makeList(document: TomlDocument, place: RequirementPlace, requirement: string): Splice {
  const path = pathOf(document, place);
  const { text } = document;
  if (path[0] === "project") refuseToInvent(document, path[1] ?? "");
  const item = tomlText(requirement);
  const lineBreak = lineBreakOf(text);
  const outer = document.locate(path.slice(0, -1))?.table;
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
