import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Blueprint } from "../../model/index.ts";
import type { Env, EnvLocation } from "../../forest/envs/index.ts";
import type { Home } from "../../system/fs/index.ts";
import { fingerprintOrNone } from "../../system/fs/fingerprint.ts";
import { areUnchanged, type FileFingerprint } from "../../system/fs/fingerprint.ts";

/** The Env of a memo, and what stands beside it. */
export interface Remembered {
  readonly env: EnvLocation;
  /** Names of the project's own commands: none of them is a program. */
  readonly commands: readonly string[];
  /** Files of variables that the project has for what is run in it, absolute. */
  readonly envFiles: readonly string[];
}

/** The Env of a memo, if all that it rests on is as it was and the Env and its interpreter are there. */
export function readMemo(path: string, home: Home): Remembered | undefined {
  const memo = holdingMemo(path);
  if (memo === undefined) return undefined;
  const prefix = join(home.envs, memo.env);
  const env = {
    key: memo.env,
    prefix,
    python: join(prefix, memo.python),
    scripts: join(prefix, memo.scripts),
  };
  // The link is followed: an Env whose interpreter is gone is none.
  return fingerprintOrNone(env.python) === ""
    ? undefined
    : { env, commands: memo.commands, envFiles: memo.envFiles };
}

/** What was resolved when the memo was written, if it still holds: an Env that is gone grows again without asking anybody. */
export async function readMemoBlueprint(path: string): Promise<Blueprint | undefined> {
  if (holdingMemo(path) === undefined) return undefined;
  const { parseBlueprint } = await import("../../model/parse-blueprint.ts");
  try {
    return await parseBlueprint(JSON.parse(readFileSync(blueprintPath(path), "utf8")));
  } catch {
    return undefined;
  }
}

/** Undefined where it is missing, damaged (it is made again then), or rests on something that has changed. */
function holdingMemo(path: string): Memo | undefined {
  try {
    const memo = JSON.parse(readFileSync(path, "utf8")) as Partial<Memo>;
    if (memo.memoVersion !== 3 || !Array.isArray(memo.inputs)) return undefined;
    if (!Array.isArray(memo.commands) || !Array.isArray(memo.envFiles)) return undefined;
    if (!/^[\w.+-]+$/.test(memo.env ?? "")) return undefined;
    if (typeof memo.python !== "string" || typeof memo.scripts !== "string") return undefined;
    return areUnchanged(memo.inputs) ? (memo as Memo) : undefined;
  } catch {
    return undefined;
  }
}

/** Apart from the memo, which every start reads. */
const blueprintPath = (path: string) => `${path}.blueprint`;

interface Memo {
  readonly memoVersion: 3;
  readonly env: string;
  /** Both from the Env's prefix on. */
  readonly python: string;
  readonly scripts: string;
  readonly commands: readonly string[];
  readonly envFiles: readonly string[];
  readonly inputs: readonly FileFingerprint[];
}

/** Remembers an answer. That it can't be written hurts nothing but the next start's speed. */
export async function writeMemo(
  path: string,
  env: Env,
  blueprint: Blueprint,
  inputs: readonly FileFingerprint[],
  { commands, envFiles }: Pick<Remembered, "commands" | "envFiles">,
): Promise<void> {
  const [{ removeTree, writeAtomic }, { formatBlueprint }] = await Promise.all([
    import("../../system/fs/files.ts"),
    import("../../model/format-blueprint.ts"),
  ]);
  const memo: Memo = {
    memoVersion: 3,
    env: env.key,
    python: env.python.slice(env.prefix.length + 1),
    scripts: env.scripts.slice(env.prefix.length + 1),
    commands,
    envFiles,
    inputs,
  };
  const write = (file: string, content: string) =>
    writeAtomic(file, content)
      // Something else may lie there, a folder even.
      .catch(() => removeTree(file).then(() => writeAtomic(file, content)));
  await write(blueprintPath(path), formatBlueprint(blueprint))
    .then(() => write(path, `${JSON.stringify(memo)}\n`))
    .catch(() => {});
}
