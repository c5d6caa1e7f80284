import { arrayAt, type RequirementList, textsOf } from "./requirement-lists.ts";
import { type EditedProject, finish, quoteOf } from "./edited-list.ts";
import { openDocument, tomlString } from "../../../toml/index.ts";

/**
 * Replaces the requirement at an index of a list, and keeps its quotation marks and everything else. Throws
 * `invalid-project`.
 */
export async function replaceRequirement(
  text: string,
  path: string,
  list: RequirementList,
  index: number,
  requirement: string,
): Promise<EditedProject> {
  const document = await openDocument(text, path);
  const node = arrayAt(document, list);
  const element = node?.elements[index];
  const texts = node === undefined ? [] : textsOf(node);
  const before = texts[index];
  if (element === undefined || before === undefined) {
    throw new Error(`there is no requirement of index ${index}`);
  }
  if (before === requirement) return { text, before: [before] };
  const [start, end] = element.range;
  const splice = { start, end, text: tomlString(requirement, quoteOf([element])) };
  return finish(document, list, [splice], [before], texts.with(index, requirement));
}
