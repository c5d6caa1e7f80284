import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { PosyError } from "../../../../errors/posy-error.ts";
import { sha256Of } from "../../../../system/fs/index.ts";
import { openTar, openZipFile, type TarMember } from "../../../../system/archives/index.ts";
import { type CondaIndex, type CondaPaths, parseCondaIndex, parseCondaPaths } from "./conda-info.ts";

/** A conda package: its metadata and its members. */
export interface CondaPackage {
  readonly filename: string;
  readonly index: CondaIndex;
  readonly paths: CondaPaths;
  /** Yields all members except those in `info/`. Throws `invalid-archive` if the SHA-256 of a file differs. */
  readonly members: () => AsyncGenerator<TarMember>;
}

/** Whether a file has the name of a conda package: `python-3.13.5-hec9711d_102_cp313.conda`, or `.tar.bz2`. */
export function isCondaName(filename: string): boolean {
  return /^[a-z0-9_.-]+-[^-]+-[^-]+\.(conda|tar\.bz2)$/i.test(filename);
}

/**
 * Opens a conda package of either format: a zip with two `.tar.zst` inside, or one `.tar.bz2`. `folder` is for
 * temporary files. Throws `invalid-archive`, `not-found`, …
 */
export async function openConda(path: string, folder: string): Promise<CondaPackage> {
  const filename = basename(path);
  const [info, content] = filename.endsWith(".conda")
    ? await innerTars(path, filename, folder)
    : [path, path];
  const texts = new Map<string, string>();
  const wanted = new Set(["info/index.json", "info/paths.json", "info/has_prefix"]);
  for await (const { path: name, data } of openTar(info, basename(info), (name) => wanted.has(name))) {
    texts.set(name, Buffer.from(data).toString("utf8"));
  }
  const index = parseCondaIndex(texts.get("info/index.json"), filename);
  const paths = parseCondaPaths(texts.get("info/paths.json"), texts.get("info/has_prefix"), filename);
  return { filename, index, paths, members: () => members(content, filename, paths) };
}

async function* members(content: string, filename: string, paths: CondaPaths): AsyncGenerator<TarMember> {
  const inside = (path: string) => !path.startsWith("info/");
  for await (const member of openTar(content, basename(content), inside)) {
    const expected = paths.get(member.path)?.sha256;
    if (member.kind === "file" && expected !== undefined && sha256Of(member.data) !== expected) {
      throw new PosyError(
        "invalid-archive",
        `the SHA-256 of \`${member.path}\` in \`${filename}\` is not the one that the package lists`,
        {
          hint: "download it again",
        },
      );
    }
    yield member;
  }
}

async function innerTars(path: string, label: string, folder: string): Promise<readonly [string, string]> {
  const zip = openZipFile(path, { label });
  try {
    const taken: string[] = [];
    for (const part of ["info-", "pkg-"]) {
      const entry = zip.entries.find(({ path }) => path.startsWith(part) && path.endsWith(".tar.zst"));
      if (entry === undefined) {
        throw new PosyError(
          "invalid-archive",
          `\`${label}\` is not a conda package: it has no \`${part}….tar.zst\``,
        );
      }
      const file = join(folder, `${part}${label}.tar.zst`);
      await writeFile(file, zip.readSync(entry), { flag: "wx" });
      taken.push(file);
    }
    return taken as [string, string];
  } finally {
    zip.close();
  }
}
