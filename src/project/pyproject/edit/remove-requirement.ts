import type { PackageName } from "../../../vocab/requirement/index.ts";
import { openDocument, removeItem } from "../../../toml/index.ts";
import { arrayText, type EditedProject, finish } from "./edited-list.ts";
import { arrayAt, listed, type RequirementList, textsOf } from "./requirement-lists.ts";

/**
 * Removes every requirement on a package from a list. `before` is empty if there was none. Throws `invalid-project`.
 */
export async function removeRequirement(
  text: string,
  path: string,
  list: RequirementList,
  name: PackageName,
): Promise<EditedProject> {
  let current = text;
  const before: string[] = [];
  for (;;) {
    const document = await openDocument(current, path);
    const node = arrayAt(document, list);
    const found = node && listed(node).find(({ requirement }) => requirement?.name === name);
    if (node === undefined || found === undefined) return { text: current, before };
    const splices = removeItem(arrayText(document, node), found.index);
    before.push(found.text);
    const rest = textsOf(node).toSpliced(found.index, 1);
    ({ text: current } = await finish(document, list, splices, before, rest));
  }
}
