import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** The C compiler of the programs that Posy brings: Zig, from the package index. */
export const compiler = "ziglang==0.17.1";

/**
 * Runs Python with the compiler as a package and returns its output. Posy brings it. `POSY_ZIG` is a folder with the
 * unpacked package `ziglang`, if it is on this machine already.
 */
export function compilerPython(...args: readonly string[]): string {
  const unpacked = process.env["POSY_ZIG"];
  const bun = join("node_modules", "bun", "bin", "bun.exe");
  const posy = ["--no-env-file", join("src", "cli", "main.ts"), "run", "--with", compiler, "--", "python"];
  const [program, ...words] = unpacked === undefined ? [bun, ...posy] : ["python3"];
  const { status, stdout, stderr } = spawnSync(program, [...words, ...args], {
    encoding: "utf8",
    env: unpacked === undefined ? process.env : { ...process.env, PYTHONPATH: unpacked },
  });
  if (status !== 0) throw new Error(`\`python ${args.join(" ")}\` failed:\n${stdout}${stderr}`);
  return stdout.trim();
}

/** Returns the folder of Windows' headers. With the option for no C library, Zig does not find them. */
export function windowsHeaders(): string {
  return compilerPython(
    "-c",
    "import os, ziglang; print(os.path.join(ziglang.__path__[0], 'lib', 'libc', 'include', 'any-windows-any'))",
  );
}
