import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ended, runProcessGroup } from "../../system/process/index.ts";
import { asPosyError, errnoOf, removeAll } from "../../system/fs/index.ts";
import { hookScript } from "./hook-script.ts";

/** A hook and its arguments (PEP 517, 660). */
export interface Hook {
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
  /** Hooks, best first. The first one that the backend has is called. */
  readonly hooks: readonly Hook[];
  readonly onOutput: (chunk: Buffer) => void;
}

/** The result of a call, and the hook that was called. What the backend printed is in the output only. */
export type HookReply = { readonly hook: string } & (
  | {
      readonly kind: "answer";
      readonly answer: string | readonly string[] | null;
      /**
       * Names and versions of the packages in the Env. Present if the answer is a list that is not empty. Null if the
       * Python is too old to list them.
       */
      readonly installed?: readonly (readonly [string, string])[] | null;
    }
  /** The backend has none of the hooks. */
  | { readonly kind: "no-hook" }
  /** It raised `UnsupportedOperation`: it can't do this here. */
  | { readonly kind: "unsupported"; readonly reason: string }
  /** The backend can't be imported; `missing` is the module that was not found. */
  | { readonly kind: "not-loaded"; readonly missing: string | null }
  /** It was imported from outside `backend-path`. */
  | { readonly kind: "foreign"; readonly paths: readonly string[] }
  | { readonly kind: "no-object"; readonly name: string }
  | { readonly kind: "raised"; readonly type: string }
  /** It called `sys.exit`. PEP 517 does not allow that, so it is a failure even with status 0. */
  | { readonly kind: "exited"; readonly status: number }
  /** The process ended during the call. */
  | ({ readonly kind: "calling" } & Ended)
);

/**
 * Calls a hook of a build backend in a process of its own. Throws `not-found`, `permission` or `filesystem` if Python
 * can't be started.
 */
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
    const written = await readReply(reply);
    if (written !== undefined && written.kind !== "calling") return written;
    return { kind: "calling", hook: written?.hook ?? hooks[0]?.name ?? "", ...ended };
  } finally {
    await removeAll(folder).catch(() => {});
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
