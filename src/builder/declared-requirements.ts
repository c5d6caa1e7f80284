import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeAtomic } from "../system/fs/index.ts";
import { formatRequirement, parseRequirement, type Requirement } from "../vocab/requirement/index.ts";
import { declaredRequires, readBuildSystem } from "./backend/build-system.ts";
import { type Buildable, identityOf } from "./buildable.ts";
import { labelOf } from "./build-request.ts";
import { once } from "../async/index.ts";
import type { BuildDispatch } from "./build-dispatch.ts";

/**
 * What a source declares that its build needs (PEP 518), without asking its backend. Kept by the source's content, but for folders,
 * which change: a lock for other platforms asks again and again, and unpacking takes longer than all else that it does.
 */
export async function declaredRequirements(
  source: Buildable,
  dispatch: BuildDispatch,
): Promise<readonly Requirement[]> {
  if (source.kind !== "sdist") return findDeclared(source, dispatch);
  return once(dispatch, `declared ${source.url}`, () => findDeclared(source, dispatch));
}

async function findDeclared(
  source: Buildable,
  { context, trees }: BuildDispatch,
): Promise<readonly Requirement[]> {
  const changes = source.kind === "source" && source.origin.kind === "directory";
  const path = join(context.home.builds, await identityOf(source, context.db), "declared.json");
  const known = changes ? undefined : await kept(path);
  if (known !== undefined) return known;
  const label = labelOf(source);
  // Unpacking three such took 0.6 s of the 1.1 that a lock of Airflow took.
  const text = source.kind === "sdist" ? (await context.db.sdistFiles(source)).pyproject : undefined;
  const requires =
    (text === undefined ? undefined : await declaredRequires(text, label)) ??
    (await readBuildSystem(await trees.forReading(source), label)).requires;
  if (!changes) await writeAtomic(path, JSON.stringify(requires.map(formatRequirement)));
  return requires;
}

async function kept(path: string): Promise<readonly Requirement[] | undefined> {
  try {
    const texts = JSON.parse(await readFile(path, "utf8")) as readonly string[];
    return texts.map((text) => parseRequirement(text));
  } catch {
    // It is not there, or another version's.
    return undefined;
  }
}
