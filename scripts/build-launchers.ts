// Compiles src/forest/launchers/launcher.c to src/forest/launchers/programs.json:
//
//     npm run build:launchers
//
// Posy brings the compiler: Zig, from the package index. The same source and the same Zig give the same bytes.
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compiler, compilerPython, windowsHeaders } from "./lib/zig.ts";

const folder = join("src", "forest", "launchers");
const source = join(folder, "launcher.c");
const headers = windowsHeaders();
const work = mkdtempSync(join(tmpdir(), "posy-launchers-"));

function compiled(processor: string, subsystem: "console" | "windows"): string {
  const program = join(work, `${processor}-${subsystem}.exe`);
  const target = ["-target", `${processor}-windows-gnu`];
  const flags = "-Os -s -Wall -Wextra -Werror -nostdlib -fno-builtin -fno-stack-protector".split(" ");
  const libraries = subsystem === "windows" ? ["-DGUI", "-luser32", "-lkernel32"] : ["-lkernel32"];
  const link = [`-Wl,--subsystem,${subsystem}`, "-Wl,-e,start"];
  const files = ["-isystem", headers, "-o", program, source];
  compilerPython("-m", "ziglang", "cc", ...target, ...flags, ...libraries, ...link, ...files);
  return readFileSync(program).toString("base64");
}

try {
  const both = (processor: string) => ({
    console: compiled(processor, "console"),
    gui: compiled(processor, "windows"),
  });
  const sources = createHash("sha256");
  for (const file of [source, join(folder, "run-program.h")]) sources.update(readFileSync(file));
  const programs = {
    compiler,
    source: sources.digest("hex"),
    x86_64: both("x86_64"),
    aarch64: both("aarch64"),
  };
  writeFileSync(join(folder, "programs.json"), `${JSON.stringify(programs, undefined, 2)}\n`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
