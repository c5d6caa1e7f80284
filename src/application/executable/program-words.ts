import { open } from "node:fs/promises";
import type { ApplicationProgram, ApplicationTree, FileSource } from "../tree/index.ts";

/**
 * Returns the command that runs a program of an application, for `PayloadFacts`. A launcher that is a script is passed
 * to the interpreter directly, which is faster than starting the launcher. Python also runs the launchers of Windows:
 * behind them is a zip with a `__main__.py`. Launchers have the option `-s`, too.
 */
export async function programWords(
  tree: ApplicationTree,
  program: ApplicationProgram,
): Promise<readonly string[]> {
  const entry = tree.entries.find(({ path }) => path === program.path);
  const python = `/${tree.python}`;
  if (entry?.kind === "file" && program.call === undefined && !(await isPythonScript(entry.source)))
    return [`/${program.path}`];
  const windowed = python.replace(/python(?=[\d.]*t?\.exe$)/, "pythonw");
  const hasWindowed = tree.entries.some(({ path }) => `/${path}` === windowed);
  return [program.gui && hasWindowed ? windowed : python, "-s", `/${program.path}`];
}

/** Whether a file begins with a `#!` line of Python, or is a script of `sh` that passes itself to Python. */
async function isPythonScript(source: FileSource): Promise<boolean> {
  const start = Buffer.from(await firstBytes(source)).toString("latin1");
  return /^#!.*python/.test(start) || /^#!\/bin\/sh\r?\n'''/.test(start);
}

async function firstBytes(source: FileSource): Promise<Uint8Array> {
  if ("bytes" in source) return source.bytes.subarray(0, 512);
  const file = await open(source.path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(512), 0, 512, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
