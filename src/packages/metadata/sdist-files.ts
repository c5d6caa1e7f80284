import type { TarMember } from "../../system/archives/index.ts";
import { parseToml, TomlSyntaxError } from "../../toml/index.ts";
import { staticPkgInfo, staticPyproject } from "../../vocab/metadata/index.ts";
import type { Version } from "../../vocab/version/index.ts";

/**
 * The texts of the files in the root folder of a source distribution that declare its metadata and how it is
 * built.
 */
export interface SdistFiles {
  pkgInfo?: string;
  pyproject?: string;
  setupPy?: string;
  setupCfg?: string;
}

/**
 * The conclusion from the files read so far: the METADATA text (`static`), the backend must be asked
 * (`to-be-built`), or another file must be read first (`open`).
 */
export type Verdict =
  | { readonly kind: "static"; readonly text: string }
  | { readonly kind: "to-be-built" }
  | { readonly kind: "open" };

const rootFiles: Readonly<Record<string, keyof SdistFiles>> = {
  "PKG-INFO": "pkgInfo",
  "pyproject.toml": "pyproject",
  "setup.py": "setupPy",
  "setup.cfg": "setupCfg",
};

/** Returns which of these files a path of an archive is, or undefined. */
export function rootFileAt(path: string): keyof SdistFiles | undefined {
  const [, name = "", ...deeper] = path.split("/");
  return deeper.length > 0 || !Object.hasOwn(rootFiles, name) ? undefined : rootFiles[name];
}

/** Reads the files from the members of an archive, and stops when it has all of them. */
export async function filesAmong(members: AsyncIterable<TarMember>): Promise<SdistFiles> {
  const files: SdistFiles = {};
  for await (const { path, kind, data } of members) {
    const which = kind === "file" ? rootFileAt(path) : undefined;
    if (which !== undefined) files[which] = new TextDecoder().decode(data);
    if (Object.keys(files).length === Object.keys(rootFiles).length) break;
  }
  return files;
}

/** Reads members until there is a verdict. The end of a whole archive always gives one. */
export async function judgeMembers(members: AsyncIterable<TarMember>, version: Version): Promise<Verdict> {
  const files: SdistFiles = {};
  for await (const { path, kind, data } of members) {
    const which = kind === "file" ? rootFileAt(path) : undefined;
    if (which === undefined) continue;
    files[which] = new TextDecoder().decode(data);
    const verdict = await judge(files, version, false);
    if (verdict.kind !== "open") return verdict;
  }
  return judge(files, version, true);
}

/**
 * Judges files as `staticMetadata` judges an unpacked source. `complete`: no further file follows. A PKG-INFO
 * without dynamic fields is enough, whatever follows; so is such a `pyproject.toml`, because no backend may
 * contradict it.
 */
export async function judge(
  { pkgInfo, pyproject }: SdistFiles,
  version: Version,
  complete: boolean,
): Promise<Verdict> {
  if (pkgInfo !== undefined && staticPkgInfo(pkgInfo) !== undefined) return { kind: "static", text: pkgInfo };
  const text = pyproject === undefined ? undefined : staticPyproject(await tryParseToml(pyproject), version);
  if (text !== undefined) return { kind: "static", text };
  const hasBoth = pkgInfo !== undefined && pyproject !== undefined;
  return { kind: hasBoth || complete ? "to-be-built" : "open" };
}

/** Returns undefined for invalid TOML. The build reports what is wrong with it. */
async function tryParseToml(text: string): Promise<unknown> {
  try {
    return await parseToml(text);
  } catch (error) {
    if (error instanceof TomlSyntaxError) return undefined;
    throw error;
  }
}
