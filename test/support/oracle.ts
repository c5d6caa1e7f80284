import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { runPosy } from "./posy.ts";

let python: Promise<string> | undefined;

/**
 * Runs a Python script that can import `packaging` and `pyproject_metadata`. It gets `input` as JSON on its standard
 * input; its standard output is parsed as JSON and returned. The Python is `POSY_TEST_PYTHON` if that is set, else one
 * of Posy.
 */
export async function askPython<Answer>(script: string, input: unknown): Promise<Answer> {
  return JSON.parse(await run(await testPython(), ["-c", script], JSON.stringify(input))) as Answer;
}

/** Returns the path of the Python that `askPython` runs. */
export function testPython(): Promise<string> {
  python ??= oraclePython();
  return python;
}

/** Downloads the Python and the packages once, into a store that later test runs use too. */
async function oraclePython(tries = 3): Promise<string> {
  const configured = process.env["POSY_TEST_PYTHON"];
  if (configured) return configured;
  const posy = await runPosy(
    "run --python 3.13 --with packaging==26.3 --with pyproject-metadata==0.12.1 -- python -c"
      .split(" ")
      .concat("import packaging, pyproject_metadata, sys; print(sys.executable)"),
    {
      env: { ...process.env, POSY_HOME: resolve(join("node_modules", ".cache", "posy-oracle")) },
      timeout: 300_000,
    },
  );
  if (posy.status === 0) return posy.stdout.trim();
  if (tries > 1) return oraclePython(tries - 1);
  throw new Error(`the oracle's Python could not be had:\n${posy.stderr}`);
}

function run(command: string, args: string[], input = ""): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", reject);
    child.on("close", (status) =>
      status === 0
        ? resolve(Buffer.concat(chunks).toString("utf8"))
        : reject(new Error(`${command} ended with status ${status}`)),
    );
    child.stdin.end(input);
  });
}
