import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

let python: Promise<string> | undefined;

/**
 * Runs a Python script with `packaging` importable: `input` as JSON on its standard input, its standard output
 * read as JSON. The Python is `POSY_TEST_PYTHON` where that is set, else one that this clone makes for itself.
 */
export async function askPython<Answer>(script: string, input: unknown): Promise<Answer> {
  python ??= oraclePython();
  return JSON.parse(await run(await python, ["-c", script], JSON.stringify(input))) as Answer;
}

async function oraclePython(): Promise<string> {
  const given = process.env["POSY_TEST_PYTHON"];
  if (given) return given;
  const venv = join("node_modules", ".cache", "posy-oracle");
  const executable = join(venv, "bin", "python");
  if (!existsSync(join(venv, "ready"))) {
    await run("python3", ["-m", "venv", venv]);
    await run(executable, ["-m", "pip", "install", "-q", "packaging==26.3"]);
    await run("touch", [join(venv, "ready")]);
  }
  return executable;
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
