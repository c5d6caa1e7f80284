// Runs the tests and prints `N passed, N failed` as the last line.
//
//     node scripts/test.mjs [unit|node|start|e2e|dist|network|platforms] …      without an argument: all but e2e
//
// unit     test/** on Bun, except e2e, network and platforms
// node     the same tests on Node, bundled first: the library must work on both
// start    those files of test/e2e/ that test how Posy starts and runs programs, driving the sources
// e2e      test/e2e/** driving the sources. They start more slowly than the binary and do the same
// dist     test/e2e/** driving the compiled dist/posy
// network  test/network/** against the live index
// platforms  test/platforms/** on other platforms, under Wine and QEMU. As root, it installs the Debian packages that it
//          needs. Otherwise tests whose tools are missing are skipped, and say so
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { installPlatformTools } from "./install-platform-tools.mjs";

const suites = ["unit", "node", "start", "e2e", "dist", "network", "platforms"];
const named = process.argv.slice(2);
for (const name of named) {
  if (!suites.includes(name)) {
    console.error(`unknown suite \`${name}\`; there are: ${suites.join(", ")}`);
    process.exit(2);
  }
}
const wanted = named.length > 0 ? named : suites.filter((name) => name !== "e2e");
const bun = join("node_modules", "bun", "bin", "bun.exe");
const files = readdirSync("test", { recursive: true })
  .filter((name) => name.endsWith(".test.ts"))
  .map((name) => join("test", name))
  .sort();
const isE2e = (file) => file.startsWith(join("test", "e2e"));
const isNetwork = (file) => file.startsWith(join("test", "network"));
const isPlatform = (file) => file.startsWith(join("test", "platforms"));
// What differs between the sources and the binary: how the program starts, and how it hands over to another one.
const starting = ["start-up", "help", "run-process", "inherited", "signals", "shell", "kill", "project"].map(
  (name) => join("test", "e2e", `${name}.test.ts`),
);
const units = files.filter((file) => !isE2e(file) && !isNetwork(file) && !isPlatform(file));
const selected = {
  unit: units,
  node: units,
  start: files.filter((file) => starting.includes(file)),
  e2e: files.filter(isE2e),
  dist: files.filter(isE2e),
  network: files.filter(isNetwork),
  platforms: files.filter(isPlatform),
};

/** Runs a command and returns its status and its whole output. */
function run(command, args, environment = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ["ignore", "pipe", "pipe"],
      // The tests look for Pythons on no mirror, so that the result does not depend on the network.
      env: { ...process.env, POSY_PYTHON_MIRROR: "off", ...environment },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        output += chunk;
      });
    }
    child.on("error", (error) => resolve({ status: 1, output: String(error) }));
    child.on("close", (status) => resolve({ status: status ?? 1, output }));
  });
}

const lastNumber = (output, pattern) => Number([...output.matchAll(pattern)].at(-1)?.[1] ?? 0);

async function onBun(paths, environment) {
  if (paths.length === 0) return { output: "", passed: 0, failed: 0 };
  const { status, output } = await run(
    bun,
    ["test", "--timeout", "600000", ...paths.map((path) => `./${path}`)],
    environment,
  );
  const passed = lastNumber(output, /^\s*(\d+) pass$/gm);
  const failed = lastNumber(output, /^\s*(\d+) fail$/gm);
  // A run that failed without a failed test (a crash, an error outside a test) is a failure too.
  return { output, passed, failed: status === 0 ? failed : Math.max(failed, 1) };
}

async function onNode(paths) {
  const out = join("node_modules", ".cache", "posy-node-tests");
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const bundled = await run(bun, [
    "build",
    "--target=node",
    "--packages=external",
    "--root=.",
    "--outdir",
    out,
    "--entry-naming=[dir]/[name].mjs",
    ...paths,
  ]);
  if (bundled.status !== 0) return { output: bundled.output, passed: 0, failed: 1 };
  const { status, output } = await run(process.execPath, [
    "--test",
    // A test that hangs fails, and a test that leaves something open does not delay the run.
    "--test-timeout=120000",
    "--test-force-exit",
    "--test-reporter=tap",
    ...paths.map((path) => join(out, path.replace(/\.ts$/, ".mjs"))),
  ]);
  const passed = lastNumber(output, /^# pass (\d+)$/gm);
  const failed = lastNumber(output, /^# fail (\d+)$/gm);
  return { output, passed, failed: status === 0 ? failed : Math.max(failed, 1) };
}

async function onDist(paths) {
  const built = await run(bun, ["scripts/build.ts"]);
  if (built.status !== 0) return { output: built.output, passed: 0, failed: 1 };
  return onBun(paths, { POSY_UNDER_TEST: "dist" });
}

async function onPlatforms(paths) {
  const error = installPlatformTools();
  const result = await onBun(paths);
  return error === undefined
    ? result
    : { ...result, output: `${error}\n${result.output}`, failed: result.failed + 1 };
}

const runners = {
  unit: onBun,
  node: onNode,
  start: onBun,
  e2e: onBun,
  dist: onDist,
  network: onBun,
  platforms: onPlatforms,
};

let passed = 0;
let failed = 0;

/** Runs suites one after the other. Prints the output of each at once, since other lanes print at the same time. */
async function lane(...names) {
  for (const name of names) {
    if (!wanted.includes(name)) continue;
    const result = await runners[name](selected[name]);
    process.stdout.write(`\n== ${name}\n${result.output}`);
    passed += result.passed;
    failed += result.failed;
  }
}

// Each lane waits for programs most of the time, so two lanes take half as long.
await Promise.all([lane("unit", "node", "start", "e2e", "network"), lane("dist", "platforms")]);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
