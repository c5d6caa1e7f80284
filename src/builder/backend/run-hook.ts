import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Ended, runProcessGroup } from "../../system/process/index.ts";
import { asPosyError, errnoOf, holdStart, withTemporaryFolder } from "../../system/fs/index.ts";
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
 * Calls a hook of a build backend in a process of its own. Returns undefined if another Posy has removed the Env of the
 * interpreter: nothing was started. Throws `not-found`, `permission` or `filesystem` if Python can't be started, or if
 * the files for talking to it can't be written or read.
 */
export function runHook(call: HookCall): Promise<HookReply | undefined> {
  return withTemporaryFolder("hook", async (folder) => {
    const script = join(folder, "hook.py");
    const request = join(folder, "request.json");
    const reply = join(folder, "reply.json");
    const { backend, backendPath, hooks } = call;
    // At once, so that nothing is written while the folder is removed because of a signal.
    writeText(script, hookScript);
    writeText(request, JSON.stringify({ backend, backendPath, hooks, reply }));
    const release = await holdStart(dirname(dirname(call.python)));
    let running: Promise<Ended>;
    try {
      if (!existsSync(call.python)) return undefined;
      running = runProcessGroup(call.python, [script, request], {
        env: call.environment,
        cwd: call.root,
        onOutput: call.onOutput,
      });
    } finally {
      release();
    }
    const ended = await running;
    const written = readReply(reply);
    if (written !== undefined && written.kind !== "calling") return written;
    return { kind: "calling", hook: written?.hook ?? hooks[0]?.name ?? "", ...ended };
  });
}

function writeText(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw asPosyError(error, `writing \`${path}\``);
  }
}

function readReply(path: string): HookReply | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as HookReply;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    // A program in the build may have changed the file.
    if (error instanceof SyntaxError) return undefined;
    throw asPosyError(error, `reading \`${path}\``);
  }
}
