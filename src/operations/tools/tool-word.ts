/** A tool as a person types it: `ruff`, `ruff@0.15`, `mkdocs[i18n]@latest`. */
export interface ToolWord {
  /** The requirement (PEP 508): `ruff==0.15`. */
  readonly requirement: string;
  /** The name of the package and of the program, as typed. */
  readonly name: string;
  /** True for `@latest`: the indexes are asked again. */
  readonly latest: boolean;
  /** True if a version was typed. */
  readonly hasVersion: boolean;
}

const word = /^([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)(\[[^\]]*\])?(?:@([^\s:/@]+))?$/;

/**
 * Reads the word of a tool, as in `uvx`: a name, extras, and a version after `@`. Returns undefined if it is something
 * else, such as a URL or a requirement with `>=`. It loads nothing, since every start of a tool needs it.
 */
export function readToolWord(text: string): ToolWord | undefined {
  const [, name, extras = "", version] = word.exec(text) ?? [];
  if (name === undefined) return undefined;
  const latest = version === "latest";
  const hasVersion = version !== undefined && !latest;
  return { requirement: `${name}${extras}${hasVersion ? `==${version}` : ""}`, name, latest, hasVersion };
}
