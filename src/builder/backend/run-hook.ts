import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ended, runProcessGroup } from "../../system/process/index.ts";
import { asPosyError, errnoOf } from "../../system/fs/index.ts";
import { hookScript } from "./hook-script.ts";

/** A hook and its arguments (PEP 517, 660). */
export interface HookWish {
  readonly name: string;
  readonly arguments: readonly unknown[];
}

export interface HookCall {
  readonly python: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly root: string;
  readonly backend: string;
  /** Absolute folders. */
  readonly backendPath: readonly string[];
  /** The first that the backend has is called. */
  readonly hooks: readonly HookWish[];
  readonly onOutput: (chunk: Buffer) => void;
}

/** What came of it, and of which hook. What the backend said is in the output only. */
export type HookReply = { readonly hook: string } & (
  | {
      readonly kind: "answer";
      readonly answer: string | readonly string[] | null;
      /** Names and versions in the Env, told with a list that is not empty; null where the Python is too old to say. */
      readonly installed?: readonly (readonly [string, string])[] | null;
    }
  /** The backend has none of the hooks. */
  | { readonly kind: "no-hook" }
  /** It said that it can't do this here (`UnsupportedOperation`). */
  | { readonly kind: "unsupported"; readonly said: string }
  /** The backend can't be imported; `missing` is the module that is not there. */
  | { readonly kind: "not-loaded"; readonly missing: string | null }
  /** It was imported from outside `backend-path`. */
  | { readonly kind: "foreign"; readonly places: readonly string[] }
  | { readonly kind: "no-object"; readonly name: string }
  | { readonly kind: "raised"; readonly type: string }
  /** It ended itself (`sys.exit`), which the hooks have no word for: a failure even with status 0. */
  | { readonly kind: "exited"; readonly status: number }
  /** The process ended in the middle of it. */
  | ({ readonly kind: "calling" } & Ended)
);

/** Calls a hook of a build backend in a process of its own. Throws `not-found`, `permission` or `filesystem` where Python can't be started. */
export async function runHook(call: HookCall): Promise<HookReply> {
  const folder = await mkdtemp(join(tmpdir(), "posy-hook-")).catch((error: unknown) => {
    throw asPosyError(error, `making a folder in \`${tmpdir()}\``);
  });
  try {
    const script = join(folder, "hook.py");
    const request = join(folder, "request.json");
    const reply = join(folder, "reply.json");
    const { backend, backendPath, hooks } = call;
    await writeFile(script, hookScript);
    await writeFile(request, JSON.stringify({ backend, backendPath, hooks, reply }));
    const ended = await runProcessGroup(call.python, [script, request], {
      env: call.environment,
      cwd: call.root,
      onOutput: call.onOutput,
    });
    const said = await readReply(reply);
    if (said !== undefined && said.kind !== "calling") return said;
    return { kind: "calling", hook: said?.hook ?? hooks[0]?.name ?? "", ...ended };
  } finally {
    await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}

async function readReply(path: string): Promise<HookReply | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as HookReply;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
