import { open } from "node:fs/promises";
import { basename } from "node:path";
import {
  type ApplicationTree,
  parseSourceDate,
  tarPieces,
  writeZipArchive,
} from "../../application/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { timed } from "../../report/timings.ts";
import type { OperationContext } from "../../settings/index.ts";
import { writeBeside } from "./write-beside.ts";

export interface ArchivePaths {
  /** Absolute, or `-` for `output`. */
  readonly tar?: string | undefined;
  /** Absolute. */
  readonly zip?: string | undefined;
  /** The files are not in a folder. */
  readonly isFlat?: true | undefined;
  readonly output?: ((bytes: Uint8Array) => Promise<void>) | undefined;
}

/**
 * Writes an application as archives. Their files are in a folder that is named as the archive is, without its ending.
 * Throws `invalid-configuration` for a wrong `SOURCE_DATE_EPOCH`, and errors of the file system.
 */
export function writeArchives(
  tree: ApplicationTree,
  paths: ArchivePaths,
  { environment, reporter }: OperationContext,
): Promise<void> {
  return timed(reporter, "write application", undefined, () => write(tree, paths, environment));
}

async function write(
  tree: ApplicationTree,
  { tar, zip, output, isFlat }: ArchivePaths,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  const time = parseSourceDate(environment);
  if (tar === "-" && output !== undefined) {
    for await (const piece of tarPieces(tree, { top: isFlat ? "" : "application", time, gzip: false }))
      await output(piece);
  } else if (tar !== undefined) {
    await writePieces(tar, tarPieces(tree, { top: isFlat ? "" : stemOf(tar), time, gzip: isGzip(tar) }));
  }
  if (zip !== undefined) await writeZipArchive(tree, zip, { top: isFlat ? "" : stemOf(zip), time });
}

/** Throws `usage` for the name of a tar archive with a compression that is not supported. */
export function checkTarName(path: string): void {
  if (path === "-" || isGzip(path) || /\.tar$/i.test(path)) return;
  throw new PosyError("usage", `\`${basename(path)}\` is not the name of a tar archive`, {
    hint: "its ending is `.tar`, `.tar.gz` or `.tgz`; `-` is standard output",
  });
}

function isGzip(path: string): boolean {
  return /\.(tar\.gz|tgz)$/i.test(path);
}

function stemOf(path: string): string {
  return basename(path).replace(/\.(tar|tar\.gz|tgz|zip)$/i, "") || "application";
}

function writePieces(path: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  return writeBeside(path, async (beside) => {
    const file = await open(beside, "wx");
    try {
      for await (const piece of pieces) await file.writeFile(piece);
    } finally {
      await file.close();
    }
  });
}
