// Compiles src/application/executable/stub/stub.c to src/application/executable/stubs.json:
//
//     npm run build:stubs                the programs are written
//     npm run build:stubs -- --check     says whether the programs are what the source compiles to
//
// The compiler comes as with the launchers. The first time takes some minutes, since C libraries are compiled, too.
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { compiler, compilerPython, windowsHeaders } from "./lib/zig.ts";

const folder = join("src", "application", "executable");
const output = join(folder, "stubs.json");
const sources = join(folder, "stub");
const work = mkdtempSync(join(tmpdir(), "posy-stubs-"));
const warnings = ["-O2", "-s", "-Wall", "-Wextra", "-Werror"];

/** The target, and more flags for the compiler, by the name of the program. */
const flags: Record<string, readonly string[]> = {
  "linux-x86_64": ["x86_64-linux-musl"],
  "linux-aarch64": ["aarch64-linux-musl"],
  // `codesign` adds a load command, which needs room.
  "macos-x86_64": ["x86_64-macos", "-Wl,-headerpad,0x1000"],
  "macos-aarch64": ["aarch64-macos", "-Wl,-headerpad,0x1000"],
};
for (const processor of ["x86_64", "aarch64"]) {
  const common = ["-nostdlib", "-fno-stack-protector", "-mno-stack-arg-probe", "-isystem", windowsHeaders()];
  for (const [kind, libraries, subsystem] of [
    ["console", ["-lkernel32"], "console"],
    ["gui", ["-DGUI", "-luser32", "-lkernel32"], "windows"],
  ] as const) {
    flags[`windows-${processor}-${kind}`] = [
      `${processor}-windows-gnu`,
      ...common,
      ...libraries,
      `-Wl,--subsystem,${subsystem}`,
      "-Wl,-e,entry",
    ];
  }
}

function compiled(name: string, [target = "", ...more]: readonly string[]): Buffer {
  const program = join(work, name);
  const files = ["-o", program, join(sources, "stub.c")];
  compilerPython("-m", "ziglang", "cc", "-target", target, ...warnings, ...more, ...files);
  return readFileSync(program);
}

/** The hash of all sources, in the order of their names, and of the header that the launchers have, too. */
function sourceHash(): string {
  const hash = createHash("sha256");
  for (const name of readdirSync(sources).toSorted()) hash.update(readFileSync(join(sources, name)));
  hash.update(readFileSync(join("src", "forest", "launchers", "run-program.h")));
  return hash.digest("hex");
}

try {
  const programs = Object.entries(flags).map(([name, each]) => [name, compiled(name, each)] as const);
  if (process.argv.includes("--check")) {
    const written = JSON.parse(readFileSync(output, "utf8")) as { programs: Record<string, string> };
    const differing = programs.filter(
      ([name, bytes]) =>
        !inflateRawSync(Buffer.from(written.programs[name] ?? "AwA=", "base64")).equals(bytes),
    );
    for (const [name] of differing) console.error(`${name} is not what the source compiles to`);
    process.exitCode = differing.length > 0 ? 1 : 0;
  } else {
    const texts = programs.map(([name, bytes]) => [
      name,
      deflateRawSync(bytes, { level: 9 }).toString("base64"),
    ]);
    const content = { compiler, source: sourceHash(), programs: Object.fromEntries(texts) as object };
    writeFileSync(output, `${JSON.stringify(content, undefined, 2)}\n`);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
