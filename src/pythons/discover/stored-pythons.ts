import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Home } from "../../system/fs/index.ts";
import { parsePybiFile } from "../../vocab/metadata/index.ts";
import { compareVersions, parseVersion } from "../../vocab/version/index.ts";
import type { Interpreter } from "../../model/index.ts";
import { platformsOfTags, pybiInterpreter } from "../compatibility/index.ts";

/** An interpreter in the store, from any source. */
export interface StoredPython {
  /** The SHA-256 of its archive, which is the name of its folder. */
  readonly sha256: string;
  readonly root: string;
  readonly executable: string;
  readonly interpreter: Interpreter;
}

/**
 * Returns the interpreters in the store, newest first, as their `pybi-info` (PEP 711) describes them. None is run.
 * Damaged ones are left out.
 */
export async function storedPythons(home: Pick<Home, "pythons">): Promise<readonly StoredPython[]> {
  const pythons = await Promise.all(
    (await storedNames(home.pythons)).map((sha256) => storedPython(home.pythons, sha256)),
  );
  return pythons.flatMap((python) => python ?? []).sort(newestFirst);
}

function newestFirst(a: StoredPython, b: StoredPython): number {
  return compareVersions(parseVersion(b.interpreter.version), parseVersion(a.interpreter.version));
}

/** Returns the interpreters in the user's store and in the shared ones, newest first, each of them once. */
export async function storedPythonsOfAll(
  home: Pick<Home, "pythons" | "shared">,
): Promise<readonly StoredPython[]> {
  if (home.shared.length === 0) return storedPythons(home);
  const found = new Map<string, StoredPython>();
  for (const store of [home, ...home.shared]) {
    for (const python of await storedPythons(store))
      if (!found.has(python.sha256)) found.set(python.sha256, python);
  }
  return [...found.values()].sort(newestFirst);
}

/** Returns the folder names of all stored interpreters, including damaged ones. */
export async function storedNames(pythons: string): Promise<readonly string[]> {
  return (await readdir(pythons).catch(() => [])).filter((name) => /^[0-9a-f]{64}$/.test(name)).sort();
}

async function storedPython(pythons: string, sha256: string): Promise<StoredPython | undefined> {
  const root = join(pythons, sha256);
  const read = (name: string) => readFile(join(root, "pybi-info", name), "utf8");
  try {
    const [metadata, pybi] = await Promise.all([read("METADATA"), read("PYBI")]);
    const [platform] = platformsOfTags(parsePybiFile(pybi).tags);
    if (platform === undefined) return undefined;
    const url = pathToFileURL(root).href;
    const source = { kind: "pybi", url, filename: sha256, hashes: { sha256 } } as const;
    const interpreter = pybiInterpreter({ metadata, pybi }, source, platform);
    if (interpreter === undefined) return undefined;
    const program = platform.startsWith("windows-") ? "python.exe" : "python";
    const executable = join(root, ...interpreter.paths.scripts.split("/"), program);
    return { sha256, root, executable, interpreter };
  } catch {
    return undefined;
  }
}
