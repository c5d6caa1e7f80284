import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Home } from "../../system/fs/index.ts";
import { parsePybiFile } from "../../vocab/metadata/index.ts";
import { compareVersions, parseVersion } from "../../vocab/version/index.ts";
import type { Interpreter } from "../../model/index.ts";
import { platformsOfTags, pybiInterpreter } from "../compatibility/index.ts";

/** An interpreter that lies in the forest, wherever it came from. */
export interface StoredPython {
  /** Its folder's name: the SHA-256 of the archive that it was unpacked from. */
  readonly sha256: string;
  readonly root: string;
  readonly executable: string;
  readonly interpreter: Interpreter;
}

/** The interpreters in the forest, newest first: each is asked what it says of itself in its `pybi-info` (PEP 711), none is run. Damaged ones are left out. */
export async function storedPythons({ pythons }: Home): Promise<readonly StoredPython[]> {
  const found = await Promise.all(
    (await storedNames(pythons)).map((sha256) => storedPython(pythons, sha256)),
  );
  return found
    .flatMap((each) => each ?? [])
    .sort((a, b) =>
      compareVersions(parseVersion(b.interpreter.version), parseVersion(a.interpreter.version)),
    );
}

/** The names of all entries, damaged ones too. */
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
