/**
 * What Posy does with a setting of another tool: it honours it; or the setting has no part in what is installed; or it
 * has one that Posy does not honour, and this text says what to do instead.
 */
export type Handling = string;

export const honoured = "honoured";
export const irrelevant = "irrelevant";

/** Entries of a table for several settings that are handled alike. */
export function all(handling: Handling, names: string): readonly (readonly [string, Handling])[] {
  return names
    .split(/\s+/)
    .filter((name) => name !== "")
    .map((name) => [name, handling] as const);
}

/** Warnings for the settings that are neither honoured nor irrelevant. `unknown` is what to say of one that is not in the table. */
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
