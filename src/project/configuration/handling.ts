/**
 * How Posy handles a setting of another tool: `honoured`; or `irrelevant`, since it does not affect what is
 * installed; or any other text. Then Posy does not honour the setting, and the text says what to do instead.
 */
export type Handling = string;

export const honoured = "honoured";
export const irrelevant = "irrelevant";

/** Returns table entries for several settings with the same handling. `names` are separated by white space. */
export function all(handling: Handling, names: string): readonly (readonly [string, Handling])[] {
  return names
    .split(/\s+/)
    .filter((name) => name !== "")
    .map((name) => [name, handling] as const);
}

/**
 * Returns a warning for each setting that is neither honoured nor irrelevant. `unknown` is the advice for settings
 * that are not in the table; without it they are passed over.
 */
export function warningsFor(
  names: readonly string[],
  table: ReadonlyMap<string, Handling>,
  { named, unknown }: { readonly named: (name: string) => string; readonly unknown?: string },
): readonly string[] {
  return names.flatMap((name) => {
    const handling = table.get(name) ?? unknown;
    if (handling === undefined || handling === honoured || handling === irrelevant) return [];
    return [`${named(name)} is not honoured: ${handling}`];
  });
}
