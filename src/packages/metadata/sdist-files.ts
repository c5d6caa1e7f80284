import type { TarMember } from "../../system/archives/index.ts";
import { staticPkgInfo, staticPyproject } from "../../vocab/metadata/index.ts";
import type { Version } from "../../vocab/version/index.ts";

/** Of a source distribution, the files in its root folder that may tell its metadata, and how it is built. */
export interface SdistFiles {
  pkgInfo?: string;
  pyproject?: string;
  setupPy?: string;
  setupCfg?: string;
}

/** What the files come to: METADATA; that a backend has to be asked; that another file must be seen first. */
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

/** Which of them a member is, if any. */
export function rootFileAt(path: string): keyof SdistFiles | undefined {
  const [, name = "", ...deeper] = path.split("/");
  return deeper.length > 0 || !Object.hasOwn(rootFiles, name) ? undefined : rootFiles[name];
}

/** Read from the members of an archive as far as all stand in it. */
export async function filesAmong(members: AsyncIterable<TarMember>): Promise<SdistFiles> {
  const files: SdistFiles = {};
  for await (const { path, kind, data } of members) {
    const which = kind === "file" ? rootFileAt(path) : undefined;
    if (which !== undefined) files[which] = new TextDecoder().decode(data);
    if (Object.keys(files).length === Object.keys(rootFiles).length) break;
  }
  return files;
}

/** Reads members until there is a verdict. At the true end of an archive there always is. */
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
 * As `staticMetadata` does of an unpacked one. `complete`: no other file follows. PKG-INFO that says enough is the answer
 * wherever it comes; so is `pyproject.toml`, since no backend may say otherwise.
 */
export async function judge(
  { pkgInfo, pyproject }: SdistFiles,
  version: Version,
  complete: boolean,
): Promise<Verdict> {
  if (pkgInfo !== undefined && staticPkgInfo(pkgInfo) !== undefined) return { kind: "static", text: pkgInfo };
  const text = pyproject === undefined ? undefined : staticPyproject(await parsedToml(pyproject), version);
  if (text !== undefined) return { kind: "static", text };
  const seen = pkgInfo !== undefined && pyproject !== undefined;
  return { kind: seen || complete ? "to-be-built" : "open" };
}

/** Undefined where it is no TOML: what is wrong with it is told when it is built. */
async function parsedToml(text: string): Promise<unknown> {
  const { parse } = await import("smol-toml");
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
