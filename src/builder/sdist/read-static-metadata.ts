import { join } from "node:path";
import { asPosyError, errnoOf, readNamedText } from "../../system/fs/index.ts";
import {
  type CoreMetadata,
  parseMetadata,
  staticPkgInfo,
  staticPyproject,
} from "../../vocab/metadata/index.ts";
import type { Version } from "../../vocab/version/index.ts";

/**
 * The core metadata that an unpacked source says of itself, without building: PKG-INFO from metadata 2.2 on (PEP 643),
 * else `[project]` with the version that any PKG-INFO has. Undefined where a backend must be asked. In a `tree` that
 * people work in (a folder, a git commit) PKG-INFO may be a left-over, and nobody looks at it. `unwritten` are texts of files that
 * are going to be, by their paths.
 */
export async function staticMetadata(
  root: string,
  origin: "sdist" | "tree" = "sdist",
  unwritten?: ReadonlyMap<string, string>,
): Promise<CoreMetadata | undefined> {
  const pkgInfo = origin === "sdist" ? await textIn(root, "PKG-INFO") : undefined;
  const said = pkgInfo === undefined ? undefined : staticPkgInfo(pkgInfo);
  if (said !== undefined) return said;
  const name = "pyproject.toml";
  const pyproject = unwritten?.get(join(root, name)) ?? (await textIn(root, name));
  if (pyproject === undefined) return undefined;
  const { parse } = await import("smol-toml");
  let document: unknown;
  try {
    document = parse(pyproject);
  } catch {
    // What is wrong with it is told when it is built.
    return undefined;
  }
  const text = staticPyproject(document, pkgInfo === undefined ? undefined : versionIn(pkgInfo));
  return text === undefined ? undefined : parseMetadata(text);
}

function versionIn(pkgInfo: string): Version | undefined {
  try {
    return parseMetadata(pkgInfo).version;
  } catch {
    return undefined;
  }
}

async function textIn(root: string, name: string): Promise<string | undefined> {
  try {
    return await readNamedText(join(root, name));
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EISDIR", "ELOOP"].includes(errnoOf(error))) return undefined;
    throw asPosyError(error, `reading \`${join(root, name)}\``);
  }
}
