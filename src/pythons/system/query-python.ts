import { PosyError } from "../../errors/posy-error.ts";
import { type Captured, runCaptured } from "../../system/process/index.ts";
import { quote } from "../../text/index.ts";
import { queryScript } from "./query-script.ts";

/** The output of `query-script.ts`. */
export interface QueryAnswer {
  readonly implementation: string;
  readonly markers: Readonly<Record<string, string>>;
  readonly executable: string;
  readonly prefix: string;
  readonly freeThreaded: boolean;
  readonly soabi: string;
  readonly bits: number;
  readonly glibc: boolean;
  readonly paths: Readonly<Record<string, string>>;
  readonly lacks: readonly string[];
}

/** Milliseconds: a cold start from a slow disk takes one or two seconds. */
const queryTimeout = 10_000;

/** Bytes: the usual output is a few kilobytes. */
const largestOutput = 1 << 20;

/** Runs the interpreter once. Throws `invalid-interpreter` if it does not answer in time. */
export async function queryPython(
  executable: string,
  environment: NodeJS.ProcessEnv = process.env,
  timeout = queryTimeout,
): Promise<QueryAnswer> {
  const output = await runCaptured(executable, ["-I", "-S", "-c", queryScript], {
    env: cleaned(environment),
    timeout,
    limit: largestOutput,
  }).catch((cause: unknown) => {
    throw notPython(executable, "it could not be started", cause);
  });
  if (output.status !== 0) throw notPython(executable, whyNot(output, timeout), undefined);
  try {
    return JSON.parse(output.stdout.trim().split("\n").at(-1) ?? "") as QueryAnswer;
  } catch (cause) {
    throw notPython(executable, "its output is not that of the query", cause);
  }
}

function whyNot({ stopped, status, signal, stderr }: Captured, timeout: number): string {
  if (stopped === "timeout") return `it did not answer within ${timeout / 1000} seconds`;
  if (stopped === "output") return "it prints far more than a Python would";
  const firstLine = (stderr.trim().split("\n")[0] ?? "").slice(0, 80);
  return firstLine === "" ? `it ended with ${signal ?? `status ${status}`}` : `it says ${quote(firstLine)}`;
}

/** Returns the environment without variables that change which Python answers, or how. */
function cleaned(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => !/^(PYTHON|BUN_|__PYVENV_LAUNCHER__|LD_PRELOAD$)/.test(name),
    ),
  );
}

function notPython(executable: string, why: string, cause: unknown): PosyError {
  return new PosyError("invalid-interpreter", `\`${executable}\` is not a Python that can be used: ${why}`, {
    hint: "give the path of a Python 3, or a version such as `3.13`",
    cause,
  });
}
