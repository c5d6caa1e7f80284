import { join } from "node:path";
import { asPosyError, errnoOf, readNamedText, userFolder } from "../../system/fs/index.ts";
import { parseIni } from "../index.ts";

/** A section of `~/.pypirc`. */
export interface PypircRepository {
  /** Its upload URL. Missing in `[pypi]` if it is the public index. */
  readonly repository?: string;
  readonly username?: string;
  readonly password?: string;
}

/**
 * Reads `~/.pypirc` as twine does (packaging.python.org, "The .pypirc file"): the sections that `index-servers` of
 * `[distutils]` lists, and always `pypi`. `[server-login]` has the login of those without one.
 */
export async function readPypirc(
  environment: NodeJS.ProcessEnv,
): Promise<ReadonlyMap<string, PypircRepository>> {
  const path = join(userFolder(environment), ".pypirc");
  const text = await readNamedText(path).catch((error: unknown) => {
    if (["ENOENT", "ENOTDIR"].includes(errnoOf(error))) return "";
    throw asPosyError(error, `reading \`${path}\``);
  });
  const file = parseIni(text);
  const listed = (file.get("distutils")?.get("index-servers") ?? "").split(/\s+/);
  const fallback = file.get("server-login");
  const names = new Set([...listed.filter((name) => name !== ""), "pypi"]);
  return new Map(
    [...names].flatMap((name): readonly (readonly [string, PypircRepository])[] => {
      const section = file.get(name);
      if (section === undefined) return [];
      const entries = ["repository", "username", "password"].flatMap((key) => {
        const value = section.get(key) || (key === "repository" ? undefined : fallback?.get(key));
        return value ? [[key, value] as const] : [];
      });
      return [[name, Object.fromEntries(entries) as PypircRepository]];
    }),
  );
}
