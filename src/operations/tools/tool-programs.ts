import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Env } from "../../forest/envs/index.ts";
import { normalizeName } from "../../vocab/requirement/index.ts";

/** Returns the names of the programs that a package brings into an Env, sorted: those of its RECORD. */
export async function programsOfPackage(
  name: string,
  { sitePackages, scripts }: Pick<Env, "sitePackages" | "scripts">,
): Promise<readonly string[]> {
  const wanted = normalizeName(name);
  const entries = await readdir(sitePackages);
  const info = entries.find((entry) => {
    const [, written] = /^(.+?)-[^-]+\.dist-info$/.exec(entry) ?? [];
    return written !== undefined && normalizeName(written) === wanted;
  });
  if (info === undefined) return [];
  const record = await readFile(join(sitePackages, info, "RECORD"), "utf8");
  const folder = new RegExp(`^"?(?:\\.\\.[\\\\/])+${basename(scripts)}[\\\\/]([^,"\\\\/]+)`, "i");
  const programs = record.split(/\r?\n/).flatMap((line) => {
    const [, program] = folder.exec(line) ?? [];
    return program === undefined ? [] : [program];
  });
  return [...new Set(programs.map(programName))].sort();
}

/** Returns the name that starts a program: on Windows, the files around a launcher are left out of it. */
function programName(file: string): string {
  if (process.platform !== "win32") return file;
  return file.replace(/(-script\.pyw?|\.exe|\.cmd|\.bat)$/i, "");
}
