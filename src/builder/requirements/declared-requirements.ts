import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { storesOf, writeAtomic } from "../../system/fs/index.ts";
import { formatRequirement, parseRequirement, type Requirement } from "../../vocab/requirement/index.ts";
import { declaredRequires, readBuildSystem } from "../backend/build-system.ts";
import { type Buildable, identityOf } from "../buildable.ts";
import { labelOf } from "../build-request.ts";
import type { BuildDispatch } from "../build-dispatch.ts";

/**
 * Returns the build requirements that a source declares (PEP 518), without running its backend. Cached by the
 * source's content, except for folders, which change: a lock for other platforms needs them again and again, and
 * unpacking takes longer than everything else it does.
 */
export async function declaredRequirements(
  source: Buildable,
  dispatch: BuildDispatch,
): Promise<readonly Requirement[]> {
  if (source.kind !== "sdist") return findDeclared(source, dispatch);
  return dispatch.declared.getOrStart(source.url, () => findDeclared(source, dispatch));
}

async function findDeclared(
  source: Buildable,
  { context, trees }: BuildDispatch,
): Promise<readonly Requirement[]> {
  const isMutable = source.kind === "source" && source.origin.kind === "directory";
  const identity = await identityOf(source, context.db);
  const paths = storesOf(context.home).map(({ builds }) => join(builds, identity, "declared.json"));
  for (const each of isMutable ? [] : paths) {
    const cached = await readCached(each);
    if (cached !== undefined) return cached;
  }
  const [path = ""] = paths;
  const label = labelOf(source);
  // Reading only `pyproject.toml` saves time: unpacking three such sources took 0.6 s of the 1.1 s of a lock of
  // Airflow.
  const text = source.kind === "sdist" ? (await context.db.sdistFiles(source)).pyproject : undefined;
  const requires =
    (text === undefined ? undefined : await declaredRequires(text, label)) ??
    (await readBuildSystem(await trees.forReading(source), label)).requires;
  if (!isMutable) await writeAtomic(path, JSON.stringify(requires.map(formatRequirement)));
  return requires;
}

async function readCached(path: string): Promise<readonly Requirement[] | undefined> {
  try {
    const texts = JSON.parse(await readFile(path, "utf8")) as readonly string[];
    return texts.map((text) => parseRequirement(text));
  } catch {
    // It does not exist, or another version of Posy wrote it.
    return undefined;
  }
}
