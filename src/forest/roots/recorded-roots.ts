import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { exists, type Home, sha256Of, textIfThere, writeAtomic } from "../../system/fs/index.ts";

/**
 * What the store must keep, and could not know otherwise: one file for each.
 *
 *     {"rootVersion":1,"link":"/home/me/project/.posy/env"}    a project's link to an Env
 *     {"rootVersion":1,"python":"<sha256>"}                     an interpreter that a person asked for
 */
type Root = { readonly link: string } | { readonly python: string };

/** A root with the path of its file. */
export type RecordedRoot = Root & { readonly file: string };

/**
 * Records a project's link to an Env, by its absolute path. Recording it again does nothing. A failure is ignored: the
 * Env is then made again if it was removed and is needed.
 */
export function recordEnvLink(link: string, home: Pick<Home, "roots">): Promise<void> {
  return record({ link }, home);
}

/** Records that a person asked for an interpreter, by the SHA-256 that names its folder. */
export function recordPython(identity: string, home: Pick<Home, "roots">): Promise<void> {
  return record({ python: identity }, home);
}

/** Forgets that a person asked for an interpreter. */
export async function forgetPython(identity: string, home: Pick<Home, "roots">): Promise<void> {
  await rm(fileOf({ python: identity }, home), { force: true });
}

/** Returns all recorded roots. Damaged files are left out. */
export async function recordedRoots({ roots }: Pick<Home, "roots">): Promise<readonly RecordedRoot[]> {
  const names = await readdir(roots).catch(() => []);
  const found = await Promise.all(names.map((name) => readRoot(join(roots, name))));
  return found.flat();
}

async function record(root: Root, home: Pick<Home, "roots">): Promise<void> {
  const file = fileOf(root, home);
  if (await exists(file)) return;
  await writeAtomic(file, `${JSON.stringify({ rootVersion: 1, ...root })}\n`).catch(() => {});
}

function fileOf(root: Root, { roots }: Pick<Home, "roots">): string {
  return join(roots, sha256Of(JSON.stringify(root)).slice(0, 32));
}

async function readRoot(file: string): Promise<readonly RecordedRoot[]> {
  try {
    const root = JSON.parse((await textIfThere(file)) ?? "") as Record<string, unknown>;
    if (root["rootVersion"] !== 1) return [];
    if (typeof root["link"] === "string") return [{ file, link: root["link"] }];
    return typeof root["python"] === "string" ? [{ file, python: root["python"] }] : [];
  } catch {
    return [];
  }
}
