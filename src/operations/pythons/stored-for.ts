import { realpath } from "node:fs/promises";
import { resolve, sep } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { describeInstalledPythons } from "../../pythons/system/index.ts";
import { parsePythonRequest, type PythonRequest } from "../../model/index.ts";
import { type StoredPython, storedPythons } from "../../pythons/discover/index.ts";
import type { Posy } from "../../posy.ts";
import { formatList } from "../../text/index.ts";
import { exists, sha256OfFile } from "../../system/fs/index.ts";
import { parseVersion, satisfies } from "../../vocab/version/index.ts";
import { exactRequest } from "./exact-request.ts";

/**
 * Returns the stored interpreters that a request selects: by version, by the `.pybi` that one came from, or by a path
 * in its folder. Throws `no-interpreter` if there is none. The hint lists the stored ones, and says if the request
 * selects an installed Python, which is not in the store.
 */
export async function storedFor(
  text: string,
  stored: readonly StoredPython[],
  posy: Posy,
): Promise<readonly StoredPython[]> {
  const request = parsePythonRequest(text);
  const found = await matching(request, stored);
  if (found.length > 0) return found;
  for (const store of posy.home.shared) {
    const [python] = await matching(request, await storedPythons(store));
    if (python === undefined) continue;
    const { version } = python.interpreter;
    throw new PosyError(
      "no-interpreter",
      `Python ${version} is in the shared store \`${store.data}\`, and not in your own`,
      { hint: "Posy changes nothing in a shared store: its owner can remove it" },
    );
  }
  const [installed] = await installedOnes(request, posy);
  const names = [...new Set(stored.map(({ interpreter }) => `\`${exactRequest(interpreter)}\``))];
  const there = `there ${names.length < 2 ? "is" : "are"} ${formatList(names) || "none"}`;
  const notOurs = `\`${installed ?? ""}\` is a Python of this machine: Posy uses it where it is, and never removes it`;
  throw new PosyError("no-interpreter", `no Python in the store matches \`${text}\``, {
    hint: installed === undefined ? there : `${notOurs}; in the store ${there}`,
  });
}

/** Whether a stored interpreter has the requested version. Pre-releases count too, because they are there already. */
export function isOfVersion(
  { implementation, freeThreaded, specifier }: Extract<PythonRequest, { kind: "version" }>,
  { interpreter }: StoredPython,
): boolean {
  return (
    interpreter.implementation === implementation &&
    interpreter.freeThreaded === freeThreaded &&
    satisfies(specifier, parseVersion(interpreter.version))
  );
}

async function matching(
  request: PythonRequest,
  stored: readonly StoredPython[],
): Promise<readonly StoredPython[]> {
  switch (request.kind) {
    case "version":
      return stored.filter((each) => isOfVersion(request, each));
    case "pybi": {
      const sha256 = (await exists(request.path)) ? await sha256OfFile(resolve(request.path)) : undefined;
      return stored.filter((each) => each.sha256 === sha256);
    }
    case "path": {
      // The Python of an Env is a link to its interpreter.
      const paths = [resolve(request.path), await realpath(request.path).catch(() => "")];
      return stored.filter(({ root }) => paths.some((path) => `${path}${sep}`.startsWith(root + sep)));
    }
    // A name is looked up on PATH. Interpreters there are not in the store.
    default:
      return [];
  }
}

/** Returns the paths of the installed Pythons that a request selects. */
async function installedOnes(request: PythonRequest, { pythons, machine }: Posy): Promise<readonly string[]> {
  if (request.kind === "path") return (await exists(request.path)) ? [request.path] : [];
  if (request.kind === "name") return [request.name];
  if (request.kind === "pybi") return [];
  return (await describeInstalledPythons({ ...pythons, machine })).flatMap((interpreter) =>
    interpreter.source.kind === "adopted" &&
    isOfVersion(request, { interpreter, sha256: "", root: "", executable: "" })
      ? [interpreter.source.executable]
      : [],
  );
}
