import { readdir, readFile, readlink } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { type Home, textIfThere } from "../../system/fs/index.ts";
import { recordName } from "../envs/index.ts";

/**
 * Returns the wheels and the interpreter that an Env refers to, as absolute paths of entries of the store. The record
 * in the Env names them. Without a record (an Env of an earlier Posy, or a damaged one), the links of the Env count.
 */
export async function entriesOfEnv(
  prefix: string,
  home: Pick<Home, "wheels" | "pythons">,
): Promise<readonly string[]> {
  const wheels = await recordedWheels(prefix);
  const paths = wheels?.map((sha256) => join(home.wheels, sha256)) ?? (await targetsIn(prefix));
  const entries = [...paths, await homeOfPython(prefix)].flatMap((path) => entryOf(path, home) ?? []);
  return [...new Set(entries)];
}

/** Returns the SHA-256 of the wheels in the record of an Env, or undefined if there is none. */
async function recordedWheels(prefix: string): Promise<readonly string[] | undefined> {
  try {
    const record = JSON.parse((await textIfThere(join(prefix, recordName))) ?? "") as { wheels?: unknown };
    const hashes = Object.values(record.wheels as Record<string, unknown>);
    return hashes.every((hash) => typeof hash === "string") ? hashes : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the targets of all links in a folder. */
async function targetsIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const targets = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isSymbolicLink()) return [await readlink(path).catch(() => "")];
      return entry.isDirectory() ? targetsIn(path) : [];
    }),
  );
  return targets.flat();
}

/** Returns the folder of the interpreter of an Env, as `pyvenv.cfg` names it. */
async function homeOfPython(prefix: string): Promise<string> {
  const text = await readFile(join(prefix, "pyvenv.cfg"), "utf8").catch(() => "");
  return /^home = (.*)$/m.exec(text)?.[1]?.trim() ?? "";
}

/** Returns the wheel or the interpreter that a path is in. */
function entryOf(path: string, { wheels, pythons }: Pick<Home, "wheels" | "pythons">): string | undefined {
  for (const bucket of [wheels, pythons]) {
    const inside = relative(bucket, path);
    if (inside !== "" && !inside.startsWith("..") && inside !== path) {
      return join(bucket, inside.split(sep)[0] ?? "");
    }
  }
  return undefined;
}
