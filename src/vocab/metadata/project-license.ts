import { quote } from "../../text/index.ts";
import { isTable, listAt, refuseKey, textAt } from "../../toml/index.ts";

/** An SPDX expression (PEP 639), or as it was before. */
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
      throw refuseKey(key, "is an expression, beside which no `License ::` classifier can be", {
        hint: "leave out those classifiers: the expression says it",
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
    throw refuseKey(files, "can't be beside a table in `project.license`", {
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
 * Holds an expression against SPDX's grammar. Which identifiers there are is not looked at: SPDX adds some every few
 * months, and an old list would refuse what is right.
 */
function checkExpression(text: string): void {
  const tokens = text.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const fail = () =>
    refuseKey(key, `is ${quote(text)}, which is not an SPDX expression`, {
      hint: "write it as `MIT`, `Apache-2.0 OR BSD-3-Clause`, `LicenseRef-Ours`",
    });
  const word = () => tokens[at]?.toLowerCase();
  const name = () => {
    if (!/^[A-Za-z0-9][A-Za-z0-9.-]*\+?$/.test(tokens[at] ?? "") || /^(and|or|with)$/.test(word() ?? ""))
      throw fail();
    at += 1;
  };
  const expression = (): void => {
    for (;;) {
      if (tokens[at] === "(") {
        at += 1;
        expression();
        if (tokens[at] !== ")") throw fail();
        at += 1;
      } else {
        name();
        if (word() === "with") {
          at += 1;
          name();
        }
      }
      if (word() !== "and" && word() !== "or") return;
      at += 1;
    }
  };
  expression();
  if (at < tokens.length) throw fail();
}
