import type { GenericSchema } from "valibot";
import { PosyError } from "../errors/posy-error.ts";
import type { Blueprint, PackagePin } from "./blueprint.ts";

/**
 * Checks that JSON is a Blueprint. Nothing in it is trusted, because it contains URLs to fetch and paths to write.
 * Throws `invalid-blueprint` with the path of the value at fault.
 */
export async function parseBlueprint(json: unknown): Promise<Blueprint> {
  const { blueprintSchema } = await import("./blueprint-schema.ts");
  return check(blueprintSchema, json);
}

/** Checks one pin. Pins that several targets share need only one check. */
export async function parsePin(json: unknown): Promise<PackagePin> {
  const { pinSchema } = await import("./blueprint-schema.ts");
  return check(pinSchema, json);
}

async function check<Value>(schema: GenericSchema<unknown, Value>, json: unknown): Promise<Value> {
  const { safeParse, getDotPath } = await import("valibot");
  const parsed = safeParse(schema, json, { abortEarly: true });
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const path = getDotPath(issue);
  const expected =
    issue.type === "check" ? `expected ${issue.message}` : issue.message.replace(/^Invalid [a-z]+: /i, "");
  throw new PosyError(
    "invalid-blueprint",
    `this is not a Blueprint: ${path === null ? "" : `at \`${path}\` `}${lowerFirst(expected)}`,
    {
      hint: isNewer(json) ? "it was made by a newer Posy: upgrade Posy" : "resolve again to create a new one",
    },
  );
}

function isNewer(json: unknown): boolean {
  const version = (json as { blueprintVersion?: unknown } | null)?.blueprintVersion;
  return typeof version === "number" && version > 1;
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
