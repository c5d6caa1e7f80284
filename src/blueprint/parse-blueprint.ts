import { PosyError } from "../errors/posy-error.ts";
import type { Blueprint } from "./blueprint.ts";

/**
 * Checks that JSON is a Blueprint: what it names becomes URLs to fetch and paths to write, so nothing is taken on trust. Throws
 * `invalid-blueprint` with the place at fault.
 */
export async function parseBlueprint(json: unknown): Promise<Blueprint> {
  const [{ safeParse, getDotPath }, { blueprintSchema }] = await Promise.all([
    import("valibot"),
    import("./blueprint-schema.ts"),
  ]);
  const parsed = safeParse(blueprintSchema, json, { abortEarly: true });
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const place = getDotPath(issue);
  const expected =
    issue.type === "check" ? `expected ${issue.message}` : issue.message.replace(/^Invalid [a-z]+: /i, "");
  throw new PosyError(
    "invalid-blueprint",
    `this is no Blueprint: ${place === null ? "" : `at \`${place}\` `}${lowerFirst(expected)}`,
    { hint: newer(json) ? "it was made by a newer Posy: use that one" : "resolve again to make it anew" },
  );
}

function newer(json: unknown): boolean {
  const version = (json as { blueprintVersion?: unknown } | null)?.blueprintVersion;
  return typeof version === "number" && version > 1;
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
