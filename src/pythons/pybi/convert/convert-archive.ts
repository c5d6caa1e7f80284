import { mkdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { PosyError } from "../../../errors/posy-error.ts";
import { asPosyError, exists, withTemporaryFolder } from "../../../system/fs/index.ts";
import type { PlatformName } from "../../../vocab/tags/index.ts";
import { platformsOfTags } from "../../compatibility/index.ts";
import { archiveTree } from "./archive-tree.ts";
import { catalogueJar } from "./catalogue-jar.ts";
import { condaPython } from "./conda/conda-python.ts";
import type { Distribution } from "./distribution.ts";
import { macosPackage } from "./macos/macos-package.ts";
import { embeddableZip, nugetPackage } from "./windows-zip.ts";
import { standaloneArchive } from "./standalone-archive.ts";

export interface Converted {
  readonly path: string;
  readonly kind: Distribution["kind"];
  readonly version: string;
  readonly platformTags: readonly string[];
  readonly warnings: readonly string[];
}

export interface ConvertOptions {
  /** The archive must be for this platform. */
  readonly platform?: PlatformName | undefined;
  /** Other conda packages with the libraries that it needs. */
  readonly companions?: readonly string[];
}

/**
 * Makes a pybi from an archive of Python for any platform, without running it. The same archive gives the same bytes.
 * Throws `not-found`, `invalid-archive`, and `invalid-interpreter` for an archive of an unknown kind.
 */
export async function convertArchive(
  archive: string,
  output: string,
  { platform, companions = [] }: ConvertOptions = {},
): Promise<Converted> {
  const path = resolve(archive);
  const filename = basename(path);
  if (!(await exists(path))) throw asPosyError({ code: "ENOENT" }, `opening \`${archive}\``);
  return withTemporaryFolder("convert", async (folder) => {
    const distribution =
      (await catalogueJar(filename)) ??
      standaloneArchive(filename) ??
      nugetPackage(filename) ??
      embeddableZip(filename) ??
      macosPackage(filename) ??
      (await condaPython(
        path,
        companions.map((companion) => resolve(companion)),
        folder,
      ));
    if (distribution === undefined) throw unknownName(filename);
    const { interpreter, kind, warnings } = distribution;
    if (companions.length > 0 && kind !== "conda package") {
      throw new PosyError("usage", `\`${filename}\` contains its libraries already`, {
        hint: "leave out `--with`: it is for conda packages",
      });
    }
    if (platform !== undefined && !platformsOfTags(interpreter.platformTags).includes(platform)) {
      throw new PosyError(
        "unknown-platform",
        `\`${filename}\` is for \`${interpreter.platform}\`, not \`${platform}\``,
        { hint: "leave out `--platform`: the archive has only one" },
      );
    }
    const tree = join(folder, "tree");
    await mkdir(tree);
    const extracted = (await distribution.extract(path, tree)) ?? { interpreter, warnings: [] };
    const pybi = join(output, pybiName(extracted.interpreter));
    await archiveTree(tree, pybi);
    const { version, platformTags } = extracted.interpreter;
    return { path: pybi, kind, version, platformTags, warnings: [...warnings, ...extracted.warnings] };
  }).catch((error: unknown) => {
    throw asPosyError(error, `converting \`${filename}\``);
  });
}

function unknownName(filename: string): PosyError {
  return new PosyError(
    "invalid-interpreter",
    `\`${filename}\` is not the name of a known kind of archive of Python`,
    {
      hint: "names of known kinds: `cpython-3.13.5-1.5.12-linux-x86_64.jar`, `cpython-3.13.5+20250612-x86_64-unknown-linux-gnu-install_only.tar.gz`, `python.3.13.5.nupkg`, `python-3.13.5-embed-amd64.zip`, `python-3.13.5-macos11.pkg`, `python-3.13.5-hec9711d_102_cp313.conda`",
    },
  );
}

function pybiName({
  implementation,
  freeThreaded,
  version,
  platformTags,
}: Distribution["interpreter"]): string {
  // Otherwise both builds of a version would have the same file name.
  return `${implementation}${freeThreaded ? "_freethreaded" : ""}-${version}-${platformTags.join(".")}.pybi`;
}
