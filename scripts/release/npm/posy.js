#!/usr/bin/env node
// Starts the program of the package for this platform. npm installed it as an optional dependency.
"use strict";
const { spawn } = require("node:child_process");

const systems = { linux: "linux", darwin: "macos", win32: "windows" };
const processors = {
  linux: { x64: "x86_64", arm64: "aarch64" },
  darwin: { x64: "x86_64", arm64: "arm64" },
  win32: { x64: "x86_64", arm64: "arm64" },
};

/** Returns the names of the platforms that fit this machine, best first. */
function platforms() {
  const { platform, arch } = process;
  const base = `${systems[platform] ?? platform}-${processors[platform]?.[arch] ?? arch}`;
  if (platform !== "linux") return [base];
  // npm before version 10.4 installs the packages for both C libraries.
  const isGlibc = process.report?.getReport().header.glibcVersionRuntime !== undefined;
  return isGlibc ? [base, `${base}-musl`] : [`${base}-musl`, base];
}

/** Returns the path of the program, or undefined if no package for this machine is installed. */
function programPath() {
  const program = process.platform === "win32" ? "posy.exe" : "posy";
  for (const platform of platforms()) {
    try {
      return require.resolve(`posy-${platform}/bin/${program}`);
    } catch {
      // That package is not installed.
    }
  }
  return undefined;
}

const path = programPath();
if (path === undefined) {
  console.error(`error: the package \`posy-${platforms()[0]}\` is not installed`);
  console.error(
    "hint: install `posy` again, without `--omit=optional` and on the machine that it is to run on",
  );
  process.exit(1);
}
const child = spawn(path, process.argv.slice(2), { stdio: "inherit" });
// A terminal sends Ctrl-C to both programs, and Posy decides what becomes of it. Other signals are passed on.
process.on("SIGINT", () => {});
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => {
  console.error(`error: Posy could not be started: ${error.message}`);
  process.exit(1);
});
child.on("close", (code, signal) => {
  if (signal === null) process.exit(code ?? 1);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});
