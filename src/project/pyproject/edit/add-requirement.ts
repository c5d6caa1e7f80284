import { PosyError } from "../../../errors/posy-error.ts";
import { formatMarker, parseRequirement, type Requirement } from "../../../vocab/requirement/index.ts";
import {
  insertItem,
  insertKey,
  lineBreakOf,
  openDocument,
  refuseKey,
  type Splice,
  type TomlDocument,
  tomlString,
  withLine,
} from "../../../toml/index.ts";
import { arrayText, type EditedProject, finish, indentationOf, quoteOf } from "./edited-list.ts";
import { joinRequirements, hasVersionsOrUrl, withBounds } from "./join-requirements.ts";
import {
  arrayAt,
  keyOf,
  listed,
  type ListedRequirement,
  pathOf,
  type RequirementList,
  textsOf,
} from "./requirement-lists.ts";

/**
 * Adds a requirement to a list. If the list has one for the same package and marker, it is replaced; its extras stay,
 * and its specifiers stay if the new one has none. `bounds` are the clauses to write if there are none (`>=1.0`).
 * With `replacesUrl`, the URL of the old requirement is removed, because the package gets a source. In a sorted list
 * the new requirement is inserted in order, else at the end. A missing list is made, a missing `[project]` is not.
 * Everything else stays the same, byte for byte. Throws `invalid-project`, `invalid-requirement`.
 */
export async function addRequirement(
  text: string,
  path: string,
  list: RequirementList,
  typed: string,
  { bounds, replacesUrl }: { readonly bounds?: string | undefined; readonly replacesUrl?: true } = {},
): Promise<EditedProject> {
  const document = await openDocument(text, path);
  const wanted = parseRequirement(typed);
  const requirement = bounds === undefined || hasVersionsOrUrl(wanted) ? typed : withBounds(typed, bounds);
  const node = arrayAt(document, list);
  if (node === undefined) {
    const made = [makeList(document, list, requirement)];
    return finish(document, list, made, [], [requirement]);
  }
  const items = listed(node);
  const same = items.filter((item) => item.requirement && isSameEntry(item.requirement, wanted));
  const [only, second] = same;
  if (only !== undefined && second !== undefined) {
    throw withLine(
      refuseKey(
        `${keyOf(document, list)}[${second.index}]`,
        `is a second requirement for \`${wanted.name}\``,
        {
          hint: "remove one of them",
        },
      ),
      document,
    );
  }
  const texts = textsOf(node);
  const element = only && node.elements[only.index];
  if (only !== undefined && element !== undefined) {
    const whole = joinRequirements(only.text, typed, replacesUrl);
    if (only.text === whole) return { text, before: [only.text] };
    const [start, end] = element.range;
    const splice = { start, end, text: tomlString(whole, quoteOf([element])) };
    return finish(document, list, [splice], [only.text], texts.with(only.index, whole));
  }
  const index = indexFor(items, wanted, node.elements.length);
  const item = tomlString(requirement, quoteOf(node.elements));
  return finish(
    document,
    list,
    insertItem(arrayText(document, node), index, item),
    [],
    texts.toSpliced(index, 0, requirement),
  );
}

function isSameEntry(a: Requirement, b: Requirement): boolean {
  const marker = ({ marker: own }: Requirement) => (own === undefined ? "" : formatMarker(own));
  return a.name === b.name && marker(a) === marker(b);
}

/** Returns the index for a new requirement: in alphabetical order if the list is sorted, else at the end. */
function indexFor(items: readonly ListedRequirement[], wanted: Requirement, length: number): number {
  const keyed = items.map((item) => ({ ...item, key: item.requirement?.name ?? item.text.toLowerCase() }));
  const sorted = keyed.every(({ key }, index) => index === 0 || (keyed[index - 1]?.key ?? "") <= key);
  const later = sorted ? keyed.find(({ key }) => key > wanted.name) : undefined;
  if (later !== undefined) return later.index;
  const last = sorted ? items.at(-1) : undefined;
  return last === undefined ? length : last.index + 1;
}

function makeList(document: TomlDocument, list: RequirementList, requirement: string): Splice {
  const path = pathOf(document, list);
  const { text } = document;
  if (path[0] === "project") refuseToInvent(document, path[1] ?? "");
  const item = tomlString(requirement);
  const lineBreak = lineBreakOf(text);
  const long = `[${lineBreak}${indentationOf(text)}${item},${lineBreak}]`;
  return insertKey(document, path, long, `[${item}]`);
}

/** Throws `invalid-project` if there is no `[project]`, or if the build backend provides the list (`dynamic`). */
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
