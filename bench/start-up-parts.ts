// Measures what each module adds to the start of the compiled binary:
//
//     node_modules/.bin/bun bench/start-up-parts.ts
//
// Each program is compiled like scripts/release/compile.ts compiles Posy, and the programs run in turn. The difference
// from the empty program is what a static import of that module would add to every `posy` command.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileFlags } from "../scripts/compile-flags.mjs";
import { alternate } from "./measure.ts";

const programs: Readonly<Record<string, string>> = {
  "(empty)": "",
  "console.log": 'console.log("1")',
  "console.error": 'console.error("1")',
  "process.stdout.write": 'process.stdout.write("1")',
  "process.env, argv, cwd": "console.log(process.env.HOME + process.argv.length + process.cwd())",
  "node:path": 'import { join } from "node:path"; console.log(join("a", "b"))',
  "node:os": 'import { homedir } from "node:os"; console.log(homedir())',
  "node:fs": 'import { existsSync } from "node:fs"; console.log(existsSync("/"))',
  "node:fs/promises": 'import { stat } from "node:fs/promises"; console.log(typeof stat)',
  "node:url": 'import { pathToFileURL } from "node:url"; console.log(typeof pathToFileURL)',
  "node:util": 'import { inspect } from "node:util"; console.log(typeof inspect)',
  "node:stream": 'import { Readable } from "node:stream"; console.log(typeof Readable)',
  "node:zlib": 'import { inflateRawSync } from "node:zlib"; console.log(typeof inflateRawSync)',
  "node:crypto": 'import { createHash } from "node:crypto"; console.log(createHash("sha256").digest("hex"))',
  "Bun.CryptoHasher": 'console.log(new Bun.CryptoHasher("sha256").digest("hex"))',
  "node:child_process": 'import { spawn } from "node:child_process"; console.log(typeof spawn)',
  "bun:ffi, one libc call":
    'import { dlopen } from "bun:ffi"; dlopen("libc.so.6", { getpid: { returns: "int" } }).symbols.getpid()',
  "process.execve of true": 'process.execve("/bin/true", ["/bin/true"], process.env)',
};

const folder = mkdtempSync(join(tmpdir(), "posy-start-up-"));
try {
  const subjects = Object.entries(programs).map(([name, code], index) => {
    const source = join(folder, `p${index}.ts`);
    const binary = join(folder, `p${index}`);
    writeFileSync(source, code);
    const built = Bun.spawnSync([process.execPath, "build", ...compileFlags, source, "--outfile", binary]);
    if (built.exitCode !== 0) throw new Error(built.stderr.toString());
    return { name, argv: [binary] };
  });
  subjects.push({ name: "(/bin/true alone)", argv: ["/bin/true"] });
  const uv = Bun.which("uv");
  if (uv) subjects.push({ name: "(uv --version)", argv: [uv, "--version"] });
  const timings = alternate(subjects, { rounds: 60, seconds: 60, warmUp: 3 });
  const empty = timings[0]?.median ?? 0;
  console.log("| program | median, ms | over empty, ms | CPU, ms |\n|---|---:|---:|---:|");
  for (const { name, median, cpu } of timings) {
    console.log(`| ${name} | ${median.toFixed(1)} | ${(median - empty).toFixed(1)} | ${cpu.toFixed(1)} |`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
