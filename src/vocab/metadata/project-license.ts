import { quote } from "../../text/index.ts";
import { isTable, listAt, refuseKey, textAt } from "../../toml/index.ts";

/** An SPDX expression (PEP 639), or one of the older forms (PEP 621). */
export type License =
  | { readonly kind: "expression"; readonly expression: string }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "text"; readonly text: string };

const key = "project.license";

export function licenseOf(value: unknown, classifiers: readonly string[]): License | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "string") {
    checkExpression(value);
    if (classifiers.some((each) => each.startsWith("License ::"))) {
      throw refuseKey(key, "is an SPDX expression, which excludes `License ::` classifiers", {
        hint: "remove those classifiers: the expression replaces them",
      });
    }
    return { kind: "expression", expression: value };
  }
  if (!isTable(value)) throw refuseKey(key, "must be an SPDX expression, or a table with `file` or `text`");
  const [which, ...others] = Object.keys(value);
  if ((which !== "file" && which !== "text") || others.length > 0) {
    throw refuseKey(key, "must have one of `file` and `text`, and nothing else");
  }
  const text = textAt(value[which], `${key}.${which}`);
  if (text === "" && which === "file") throw refuseKey(`${key}.file`, "is empty");
  return which === "file" ? { kind: "file", path: text } : { kind: "text", text };
}

export function licenseFilesOf(value: unknown, license: License | undefined): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const files = "project.license-files";
  if (license !== undefined && license.kind !== "expression") {
    throw refuseKey(files, "can't be used with a table in `project.license`", {
      hint: 'write the license as an SPDX expression, as in `license = "MIT"`',
    });
  }
  return listAt(value, files, (item, itemKey) => {
    const pattern = textAt(item, itemKey);
    if (pattern === "" || /^([/\\]|[A-Za-z]:)/.test(pattern) || pattern.split(/[/\\]/).includes("..")) {
      throw refuseKey(itemKey, `is ${quote(pattern)}, which is not the path of files in the project`);
    }
    return pattern;
  });
}

/**
 * Checks that a text follows the grammar of SPDX expressions. The identifiers are not checked: SPDX adds some every few
 * months, and an old list would refuse valid ones.
 */
function checkExpression(text: string): void {
  const tokens = text.match(/[()]|[^\s()]+/g) ?? [];
  let position = 0;
  const fail = () =>
    refuseKey(key, `is ${quote(text)}, which is not an SPDX expression`, {
      hint: "write it as `MIT`, `Apache-2.0 OR BSD-3-Clause`, `LicenseRef-Ours`",
    });
  const word = () => tokens[position]?.toLowerCase();
  const name = () => {
    if (
      !/^[A-Za-z0-9][A-Za-z0-9.-]*\+?$/.test(tokens[position] ?? "") ||
      /^(and|or|with)$/.test(word() ?? "")
    )
      throw fail();
    position += 1;
  };
  const expression = (): void => {
    for (;;) {
      if (tokens[position] === "(") {
        position += 1;
        expression();
        if (tokens[position] !== ")") throw fail();
        position += 1;
      } else {
        name();
        if (word() === "with") {
          position += 1;
          name();
        }
      }
      if (word() !== "and" && word() !== "or") return;
      position += 1;
    }
  };
  expression();
  if (position < tokens.length) throw fail();
}
