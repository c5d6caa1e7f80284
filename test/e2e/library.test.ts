import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { newSandbox, type Sandbox } from "../support/posy.ts";

const bun = resolve("node_modules", "bun", "bin", "bun.exe");
const example = resolve("examples", "project.ts");
const pyproject =
  '[project]\nname = "app"\nversion = "0.1"\ndependencies = []\n[tool.posy]\nplatforms = ["linux-x86_64"]\n';

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = process.env,
): Ended {
  return spawnSync(command, args, { cwd, env, encoding: "utf8", timeout: 240_000 });
}

/** Runs the example in a new project. Its index has `lib`, which needs `dep`. */
async function runExample(
  start: (sandbox: Sandbox, args: readonly string[], env: NodeJS.ProcessEnv) => Promise<Ended>,
) {
  using sandbox = await newSandbox();
  const files = [
    makeWheel({ name: "lib", version: "1.2", metadata: ["Requires-Dist: dep>=1"] }),
    makeWheel({ name: "dep", version: "1.0" }),
  ];
  await using index = await startIndex({ files });
  writeFileSync(join(sandbox.cwd, "pyproject.toml"), pyproject);
  const env = { ...process.env, POSY_HOME: sandbox.home, UV_DEFAULT_INDEX: index.url, HOME: sandbox.root };
  const { status, stdout, stderr } = await start(sandbox, [sandbox.cwd, "lib"], env);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^added lib to .*pyproject\.toml$/m);
  assert.match(stdout, /^lib 1\.2\n {2}dep 1\.0$/m);
  assert.match(stdout, /^Python 3\.\d+\.\d+ in /m);
  assert.match(stderr, /^resolve …$/m);
  assert.match(readFileSync(join(sandbox.cwd, "pyproject.toml"), "utf8"), /"lib>=1\.2"/);
}

/** Runs a command without blocking this process, which serves the index. */
async function spawned(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<Ended> {
  const { spawn } = await import("node:child_process");
  return new Promise((done, fail) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk) => (stdout += chunk));
    child.stderr.on("data", (chunk) => (stderr += chunk));
    child.on("error", fail);
    child.on("close", (status) => done({ status, stdout, stderr }));
  });
}

describe("the library", { skip: process.env["POSY_UNDER_TEST"] === "dist" }, () => {
  let consumer: string;

  before(() => {
    mkdirSync(join("node_modules", ".cache"), { recursive: true });
    // Outside of this repository, so that no import resolves to its `node_modules`.
    consumer = mkdtempSync(join(resolve("/tmp"), "posy-consumer-"));
    mkdirSync(join(consumer, "node_modules"));
    const built = run(
      process.execPath.includes("bun") ? "node" : process.execPath,
      ["scripts/build-lib.mjs", join(consumer, "node_modules", "posy")],
      resolve("."),
    );
    assert.equal(built.status, 0, built.stderr);
    const { dependencies } = JSON.parse(
      readFileSync(join(consumer, "node_modules", "posy", "package.json"), "utf8"),
    ) as { dependencies: Record<string, string> };
    for (const name of [...Object.keys(dependencies), "@types/node", "undici-types"]) {
      mkdirSync(join(consumer, "node_modules", name, ".."), { recursive: true });
      symlinkSync(resolve("node_modules", name), join(consumer, "node_modules", name));
    }
    writeFileSync(join(consumer, "package.json"), '{ "type": "module" }\n');
  });

  after(() => rmSync(consumer, { recursive: true, force: true }));

  test("runs the example on Bun, from the sources", () =>
    runExample((sandbox, args, env) => spawned(bun, [example, ...args], sandbox.cwd, env)));

  test("runs the example on Node, from the built package", async () => {
    const bundled = run(
      bun,
      ["build", "--target=node", "--external=posy", example, "--outfile", join(consumer, "project.mjs")],
      resolve("."),
    );
    assert.equal(bundled.status, 0, bundled.stderr);
    await runExample((sandbox, args, env) =>
      spawned("node", [join(consumer, "project.mjs"), ...args], sandbox.cwd, env),
    );
  });

  test("compiles in a consumer without `skipLibCheck`", () => {
    writeFileSync(join(consumer, "use.ts"), readFileSync(example, "utf8"));
    const options = ["--strict", "--noEmit", "--module", "nodenext", "--target", "es2023"];
    const libraries = ["--lib", "es2023,esnext.disposable", "--types", "node"];
    const checked = run(
      "node",
      [resolve("node_modules", "typescript", "bin", "tsc"), ...options, ...libraries, "use.ts"],
      consumer,
    );
    assert.equal(checked.stdout, "");
    assert.equal(checked.status, 0);
  });

  test("can be bundled into one CommonJS file for a VS Code extension", () => {
    const source = 'import { openPosy } from "posy";\nexport const activate = () => typeof openPosy;\n';
    writeFileSync(join(consumer, "extension.ts"), source);
    const output = join(consumer, "extension.cjs");
    const bundled = run(
      bun,
      ["build", "--target=node", "--format=cjs", "extension.ts", "--outfile", output],
      consumer,
    );
    assert.equal(bundled.status, 0, bundled.stderr);
    const used = run("node", ["-p", `require(${JSON.stringify(output)}).activate()`], consumer);
    assert.equal(used.stdout.trim(), "function", used.stderr);
  });
});
