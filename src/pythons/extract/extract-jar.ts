import { PosyError } from "../../errors/posy-error.ts";
import { openZipFile } from "../../system/archives/index.ts";
import { forwardingLibrary } from "../../system/binaries/index.ts";
import type { Interpreter } from "../../model/index.ts";
import { jarLayout, jarLinks, jarRoot } from "./jar-layout.ts";
import { missingModuleStubs } from "./missing-module-stubs.ts";
import { PybiTree } from "./pybi-tree.ts";
import { relocate } from "./relocate.ts";

/**
 * Unpacks an archive of the catalogue as a pybi tree into `into`. Corrects names, links and executable bits, leaves out
 * files that are not Python's, removes paths of the builder's machine, and writes `pybi-info/`.
 * Throws `invalid-archive` and `invalid-interpreter`.
 */
export async function extractJar(
  interpreter: Interpreter,
  source: { readonly purl: string; readonly filename: string },
  archivePath: string,
  into: string,
): Promise<void> {
  const layout = jarLayout(interpreter);
  const root = jarRoot(source.purl);
  const tree = new PybiTree(into, source.filename);
  const zip = openZipFile(archivePath, { label: source.filename });
  let stable: Uint8Array | undefined;
  try {
    const members = zip.entries.filter(({ kind, path }) => kind === "file" && path.startsWith(root));
    for (const entry of members) {
      const target = layout(entry.path.slice(root.length));
      if (target === undefined) continue;
      const content = relocate(target.path, zip.readSync(entry), interpreter);
      await tree.file(target.path, content, target.executable);
      const [, library] = /\/(python3\d+)\.dll$/.exec(target.path) ?? [];
      if (library !== undefined) stable = forwardingLibrary(content, "python3.dll", library);
    }
  } finally {
    zip.close();
  }
  // Extension modules for every version (`abi3`) load `python3.dll`, which the archives for Windows lack. The one of
  // CPython forwards to the library of the version, too.
  const stablePath = `${interpreter.paths.scripts}/python3.dll`;
  if (stable !== undefined && !tree.has(stablePath)) await tree.file(stablePath, stable);
  for (const [path, text] of Object.entries(missingModuleStubs(interpreter))) {
    await tree.file(path, Buffer.from(text));
  }
  for (const [path, target] of Object.entries(jarLinks(interpreter))) {
    const folder = path.slice(0, path.lastIndexOf("/") + 1);
    if (tree.has(folder + target)) tree.link(path, target);
  }
  tree.folder(interpreter.paths.purelib);
  const python = `${interpreter.paths.scripts}/python`;
  if (!tree.has(python) && !tree.has(`${python}.exe`)) {
    throw new PosyError("invalid-interpreter", `\`${source.filename}\` has no Python in \`${root}\``, {
      hint: "the archive is not the one of the catalogue: download it again",
    });
  }
  await tree.describe(interpreter);
}
