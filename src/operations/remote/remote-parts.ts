import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { interpreterIdentity, readEnvRecord } from "../../forest/envs/index.ts";
import type { Interpreter } from "../../model/index.ts";
import { isKept } from "../../packages/index.ts";
import type { Posy } from "../../posy.ts";
import { interpreterDownload } from "../../pythons/discover/index.ts";
import type { Home } from "../../system/fs/index.ts";
import { parseSha256, type Sha256 } from "../../vocab/hash.ts";

/** The parts of a store that can be pushed and pulled. */
export const remoteParts = ["builds", "pythons", "pages"] as const;
export type RemotePart = (typeof remoteParts)[number];

/** An entry that was pushed or pulled, or why not. */
export interface TransferredEntry {
  readonly kind: "wheel" | "metadata" | "python" | "pages";
  /** `source-1.0-py3-none-any.whl`, `source 1.0`, `Python 3.13.1`. */
  readonly name: string;
  /**
   * `exists`: the other side has it already. `checked`: nothing was sent, because it was a dry run. `skipped` has a
   * reason.
   */
  readonly status: "pushed" | "pulled" | "exists" | "checked" | "skipped";
  readonly reason?: string;
}

/** Returns the interpreters that Envs were made with, by the hash of their archives: Envs know their addresses. */
export async function interpretersOfEnvs(home: Home): Promise<ReadonlyMap<string, Interpreter>> {
  const names = await readdir(home.envs).catch(() => []);
  const records = await Promise.all(names.map((name) => readEnvRecord(join(home.envs, name))));
  return new Map(
    records.flatMap((record) => {
      const python = record?.target.python;
      return python === undefined || python.source.kind === "adopted"
        ? []
        : [[interpreterIdentity(python), python] as const];
    }),
  );
}

/**
 * Returns the path of an interpreter's archive: from the cache, or downloaded again, since archives are not kept once
 * they are unpacked. Undefined if no address is known.
 */
export async function archiveOf(
  sha256: Sha256,
  known: ReadonlyMap<string, Interpreter>,
  { home, db, pythons }: Pick<Posy, "home" | "db" | "pythons">,
): Promise<string | undefined> {
  if (isKept(home, sha256)) return join(home.artifacts, sha256);
  const python = known.get(sha256);
  const download = python && (await interpreterDownload(python, pythons.standalone));
  if (download === undefined) return undefined;
  const local = await db.fetch(download);
  return parseSha256(local.sha256) === sha256 ? local.path : undefined;
}
