import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { posyCommand } from "../../support/posy.ts";
import { cachedFolder, downloadSource } from "./debian.ts";
import { runOrThrow, withoutTools } from "./tools.ts";

/**
 * Why no Python for musl is built here, or `false` if one is. On two processors the build takes longer than all other
 * tests of the platforms, so it must be asked for: `POSY_TEST_MUSL_PYTHON=1`.
 */
export const withoutMuslCompiler = process.env["POSY_TEST_MUSL_PYTHON"]
  ? withoutTools("a compiler for musl", ["musl-gcc", "gcc", "make", "xz"])
  : "skipped: building a CPython for musl must be asked for (`POSY_TEST_MUSL_PYTHON=1`)";

/**
 * Returns a folder with a pybi of a CPython for musl on x86-64. No package registry has one, so it is built from
 * Debian's sources, without modules that need other libraries. That takes a few minutes once.
 */
export function muslPython(): string {
  return cachedFolder("musl-python", (folder) => {
    const work = join(folder, "work");
    mkdirSync(work);
    const compiler = join(work, "cc");
    // The compiler is that of the system, and names the C library of the system.
    const lines = ["#!/bin/sh", '[ "$*" = --print-multiarch ] && exec echo x86_64-linux-musl'];
    writeFileSync(compiler, `${[...lines, 'exec musl-gcc "$@"'].join("\n")}\n`);
    chmodSync(compiler, 0o755);
    downloadSource(work, "trixie", "python3.13");
    const archive = readdirSync(work).find((name) => name.endsWith(".orig.tar.xz")) ?? "";
    const sources = join(work, "sources");
    mkdirSync(sources);
    runOrThrow(["tar", "-xf", join(work, archive), "-C", sources, "--strip-components=1"]);
    const prefix = join(work, "python");
    const options = ["--disable-test-modules", "--without-ensurepip", "--with-pkg-config=no"];
    const run = { cwd: sources, env: { ...process.env, CC: compiler } };
    runOrThrow(["./configure", `--prefix=${prefix}`, ...options], run);
    runOrThrow(["make", "-j4", "install"], run);
    runOrThrow([...posyCommand, "pybi", "pack", prefix, "--output", folder]);
    rmSync(work, { recursive: true, force: true });
  });
}
