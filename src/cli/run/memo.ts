import { readFileSync } from "node:fs";
import { arch, homedir, release } from "node:os";
import { join } from "node:path";
import type { Env } from "../../forest/env.ts";
import { quickSha256 } from "../../system/quick-hash.ts";
import type { Home } from "../../system/home.ts";
import { version } from "../version.ts";
import { fingerprint, fingerprintOrNone } from "./fingerprint.ts";
import { memoIdentity } from "./memo-identity.ts";

/** An Env as a start needs it: no more than where it is. */
export type RememberedEnv = Pick<Env, "key" | "prefix" | "python" | "scripts">;

/** A file that the answer rests on, and what it was like when it was read. */
export type MemoInput = readonly [path: string, fingerprint: string];

/** The file of a memo, undefined where nothing is to be remembered. */
export function memoPath(
  own: readonly string[],
  home: Home,
  environment: NodeJS.ProcessEnv,
): string | undefined {
  const identity = memoIdentity(own, {
    environment,
    cwd: process.cwd(),
    platform: process.platform,
    machine: `${process.platform} ${arch()} ${release()}`,
    user: environment["HOME"] || environment["USERPROFILE"] || homedir(),
    version,
    fingerprint: fingerprintOrNone,
  });
  const key = identity === undefined ? undefined : quickSha256(identity);
  return key === undefined ? undefined : join(home.briefs, key);
}

/** The Env of a memo, if all that it rests on is as it was and the Env and its interpreter are there. */
export function readMemo(path: string, home: Home): RememberedEnv | undefined {
  try {
    const memo = JSON.parse(readFileSync(path, "utf8")) as Partial<Memo>;
    if (memo.memoVersion !== 1 || !Array.isArray(memo.inputs) || !/^[\w.+-]+$/.test(memo.env ?? "")) {
      return undefined;
    }
    if (memo.inputs.some(([input, was]) => fingerprint(input) !== was)) return undefined;
    const key = memo.env as string;
    const prefix = join(home.envs, key);
    const env = {
      key,
      prefix,
      python: join(prefix, String(memo.python)),
      scripts: join(prefix, String(memo.scripts)),
    };
    // The link is followed: an Env whose interpreter is gone is none.
    return fingerprint(env.python) === "" ? undefined : env;
  } catch {
    // Not there, or damaged: it is made again.
    return undefined;
  }
}

interface Memo {
  readonly memoVersion: 1;
  readonly env: string;
  /** Both from the Env's prefix on. */
  readonly python: string;
  readonly scripts: string;
  readonly inputs: readonly MemoInput[];
}

/** Remembers an answer. That it can't be written hurts nothing but the next start's speed. */
export async function writeMemo(path: string, env: Env, inputs: readonly MemoInput[]): Promise<void> {
  const { removeTree, writeAtomic } = await import("../../system/files.ts");
  const memo: Memo = {
    memoVersion: 1,
    env: env.key,
    python: env.python.slice(env.prefix.length + 1),
    scripts: env.scripts.slice(env.prefix.length + 1),
    inputs,
  };
  const write = () => writeAtomic(path, `${JSON.stringify(memo)}\n`);
  await write()
    // Something else may lie there, a folder even.
    .catch(() => removeTree(path).then(write))
    .catch(() => {});
}
