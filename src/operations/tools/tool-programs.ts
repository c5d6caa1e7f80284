import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import type { Env } from "../../forest/envs/index.ts";
import { normalizeName } from "../../vocab/requirement/index.ts";
import { readToolWord } from "./tool-word.ts";

/** Returns the programs of a tool and of other packages in its Env. Throws `command-not-found` if there are none. */
export async function programsOf(
  name: string,
  others: readonly string[],
  env: Pick<Env, "sitePackages" | "scripts">,
): Promise<readonly string[]> {
  const own = await programsOfPackage(name, env);
  if (own.length === 0) {
    throw new PosyError("command-not-found", `\`${name}\` has no programs`, {
      hint: `it is a library: \`posy add ${name}\` adds it to a project`,
    });
  }
  const names = others.map((text) => readToolWord(text)?.name ?? text.replace(/[^\w.-].*$/s, ""));
  const more = await Promise.all(names.map((each) => programsOfPackage(each, env)));
  return [...new Set([...own, ...more.flat()])].sort();
}

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
    const [, file = ""] = folder.exec(line) ?? [];
    return programName(file) ?? [];
  });
  return [...new Set(programs)].sort();
}

/**
 * Returns the name that starts a program; undefined if it is none. On Windows the ending shows what is a program: the
 * scripts beside launchers, libraries and scripts of other systems are none.
 */
function programName(file: string): string | undefined {
  if (process.platform !== "win32") return file || undefined;
  return /^(.+)\.(exe|cmd|bat)$/i.exec(file)?.[1];
}
