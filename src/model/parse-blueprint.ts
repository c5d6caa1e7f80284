import type { GenericSchema } from "valibot";
import { PosyError } from "../errors/posy-error.ts";
import type { Blueprint, PackagePin } from "./blueprint.ts";

/**
 * Checks that JSON is a Blueprint: what it names becomes URLs to fetch and paths to write, so nothing is taken on trust. Throws
 * `invalid-blueprint` with the place at fault.
 */
export async function parseBlueprint(json: unknown): Promise<Blueprint> {
  const { blueprintSchema } = await import("./blueprint-schema.ts");
  return checked(blueprintSchema, json);
}

/** The same of one pin: what several targets have alike need be checked but once. */
export async function parsePin(json: unknown): Promise<PackagePin> {
  const { pinSchema } = await import("./blueprint-schema.ts");
  return checked(pinSchema, json);
}

async function checked<Value>(schema: GenericSchema<unknown, Value>, json: unknown): Promise<Value> {
  const { safeParse, getDotPath } = await import("valibot");
  const parsed = safeParse(schema, json, { abortEarly: true });
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
