import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { asPosyError, errnoOf, readNamedText } from "../../system/fs/index.ts";
import { parseToml, TomlSyntaxError } from "../../toml/index.ts";
import {
  type CoreMetadata,
  parseMetadata,
  staticPkgInfo,
  staticPyproject,
} from "../../vocab/metadata/index.ts";
import { replaceProjectRoot } from "../../vocab/urls/index.ts";
import type { Version } from "../../vocab/version/index.ts";

/**
 * Returns the core metadata that an unpacked source declares, without building: PKG-INFO of metadata 2.2 or newer
 * (PEP 643), else `[project]` with the version of any PKG-INFO. Undefined if the backend must be asked. In a `tree`
 * that people work in (a folder, a git commit) PKG-INFO may be stale and is ignored. `unwritten` has the texts of files
 * that are not written yet, by path. `knownVersion` is used if only the version is left to the backend.
 */
export async function staticMetadata(
  root: string,
  origin: "sdist" | "tree" = "sdist",
  unwritten?: ReadonlyMap<string, string>,
  knownVersion?: Version,
): Promise<CoreMetadata | undefined> {
  const pkgInfo = origin === "sdist" ? await textIn(root, "PKG-INFO") : undefined;
  const declared = pkgInfo === undefined ? undefined : staticPkgInfo(pkgInfo);
  if (declared !== undefined) return declared;
  const name = "pyproject.toml";
  const pyproject = unwritten?.get(join(root, name)) ?? (await textIn(root, name));
  if (pyproject === undefined) return undefined;
  let document: unknown;
  try {
    document = await parseToml(replaceProjectRoot(pyproject, pathToFileURL(root).href));
  } catch (error) {
    if (!(error instanceof TomlSyntaxError)) throw error;
    // The build reports what is wrong with it.
    return undefined;
  }
  const text = staticPyproject(document, pkgInfo === undefined ? knownVersion : versionIn(pkgInfo));
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
