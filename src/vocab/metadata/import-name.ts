import { refuseKey, textAt } from "../../toml/index.ts";

/** A name that a project lets others import (PEP 794). */
export interface ImportName {
  /** `package.module`. */
  readonly name: string;
  /** `; private`: not meant for others, but installed, so that it can collide with their modules. */
  readonly isPrivate: boolean;
}

const identifier = /^[\p{ID_Start}_][\p{ID_Continue}]*$/u;
const keywords = new Set(
  "False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield".split(
    " ",
  ),
);

/** Reads an item of `import-names` or `import-namespaces`. Throws `invalid-project`. */
export function parseImportName(value: unknown, key: string): ImportName {
  const [name = "", ...tags] = textAt(value, key).split(";");
  const [tag] = tags.map((each) => each.trim());
  if (tags.length > 1 || (tag !== undefined && tag !== "private")) {
    throw refuseKey(key, "has something other than `private` after the `;`");
  }
  const trimmed = name.trimEnd();
  const wrong = trimmed.split(".").find((part) => !identifier.test(part) || keywords.has(part));
  if (wrong !== undefined) throw refuseKey(key, "is not the dotted name of a module");
  return { name: trimmed, isPrivate: tag !== undefined };
}

/**
 * Checks that no name is also a namespace, and that the parents of every name are listed, too (PEP 794). Throws
 * `invalid-project`.
 */
export function checkImportNames(names: readonly ImportName[], namespaces: readonly ImportName[]): void {
  const listed = new Set(namespaces.map(({ name }) => name));
  for (const [index, { name }] of names.entries()) {
    if (listed.has(name)) throw refuseKey(`project.import-names[${index}]`, "is a namespace too");
  }
  for (const { name } of names) listed.add(name);
  for (const name of listed) {
    for (let dot = name.indexOf("."); dot > 0; dot = name.indexOf(".", dot + 1)) {
      const parent = name.slice(0, dot);
      if (!listed.has(parent)) {
        throw refuseKey("project.import-namespaces", `has no \`${parent}\`, though there is \`${name}\``);
      }
    }
  }
}
