import { lstatSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Env } from "./env.ts";
import { readSealedState, type SealedState } from "./seal.ts";

/**
 * Whether a program of an Env is as Posy made it, as far as its size and time tell. An empty file would be a program
 * that does nothing and succeeds. Every file in the Env is older than the Env, also those of the store, but not always
 * an interpreter to which a link leads.
 */
export function isIntactProgram(file: string, lastWrite: SealedState["lastWrite"]): boolean {
  const stats = statSync(file);
  if (!stats.isFile()) return true;
  if (stats.size === 0) return false;
  return lastWrite === undefined || stats.mtimeMs <= lastWrite || lstatSync(file).isSymbolicLink();
}

/** Whether all programs of an Env are as Posy made them. */
export function programsAreIntact({ prefix, scripts }: Pick<Env, "prefix" | "scripts">): boolean {
  const { lastWrite } = readSealedState(prefix);
  try {
    return readdirSync(scripts).every((name) => isIntactProgram(join(scripts, name), lastWrite));
  } catch {
    return false;
  }
}
