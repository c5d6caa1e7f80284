import { type ExecFileException, execFile } from "node:child_process";
import { PosyError } from "../../errors/posy-error.ts";
import { quote } from "../../vocab/quote.ts";
import { probeScript } from "./probe-script.ts";

/** What an interpreter says of itself (`probe-script.ts`). */
export interface ProbeAnswer {
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
const patience = 10_000;

/** Runs the interpreter once. Throws `invalid-interpreter` where it does not answer, or not in time. */
export function askPython(
  executable: string,
  environment: NodeJS.ProcessEnv = process.env,
  timeout = patience,
): Promise<ProbeAnswer> {
  return new Promise((resolve, reject) => {
    const refuse = (why: string, cause: unknown) => reject(notPython(executable, why, cause));
    const options = {
      env: cleaned(environment),
      timeout,
      killSignal: "SIGKILL",
      windowsHide: true,
      maxBuffer: 1 << 20,
    } as const;
    try {
      const child = execFile(
        executable,
        ["-I", "-S", "-c", probeScript],
        options,
        (error, stdout, stderr) => {
          if (error !== null) return refuse(whyNot(error, stderr, timeout), error);
          try {
            return resolve(JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as ProbeAnswer);
          } catch (cause) {
            return refuse("what it answers is not what a Python would", cause);
          }
        },
      );
      child.stdin?.end();
    } catch (cause) {
      // What the system can't start at all Bun throws at once.
      refuse("it could not be started", cause);
    }
  });
}

function whyNot(error: ExecFileException, stderr: string, timeout: number): string {
  if (error.killed) return `it did not answer within ${timeout / 1000} seconds`;
  const said = (stderr.trim().split("\n")[0] ?? "").slice(0, 80);
  if (said !== "") return `it says ${quote(said)}`;
  // A text is the system's word (`EACCES`): nothing has run.
  return typeof error.code === "string"
    ? "it could not be started"
    : `it ended with ${error.signal ?? `status ${error.code}`}`;
}

/** Without what would change which Python answers, or how. */
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
