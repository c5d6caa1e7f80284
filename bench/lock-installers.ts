// Checks that uv and pip install the same packages from Posy's lock as Posy itself. Each tool installs into a new
// environment with the same interpreter. The check compares the lists of `importlib.metadata`.
//
//     node_modules/.bin/bun bench/lock-installers.ts [WORD…]      only the sets whose names contain one of the words
//
// Downloads stay in node_modules/.cache between runs. The exit status is 1 if a set differs.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { runPosy } from "../test/support/posy.ts";
import { bringUv } from "./agreement/ask-uv.ts";
import { type LockSet, lockSets } from "./lock-agreement/lock-sets.ts";
import { cleanEnvironment, runOrThrow } from "./setting.ts";

const words = process.argv.slice(2);
const root = resolve("node_modules", ".cache", "posy-bench", "lock-agreement");
mkdirSync(join(root, "user"), { recursive: true });
const environment: Record<string, string> = {
  ...cleanEnvironment(join(root, "user")),
  POSY_HOME: join(root, "home"),
  UV_CACHE_DIR: join(root, "uv"),
  PIP_CACHE_DIR: join(root, "pip"),
};
delete environment["PIP_CONFIG_FILE"];
const { uv } = await bringUv(environment);
const list = `import importlib.metadata as m
print("\\n".join(sorted({d.name.lower().replace("_", "-").replace(".", "-") + " " + d.version for d in m.distributions()})))`;
let different = 0;

console.log("| requirements | Posy's Env | uv pip sync | pip install -r |\n|---|---:|---|---|");
for (const set of lockSets.filter(({ name }) => /^(jupyter|web application|scipy stack)$/.test(name))) {
  if (words.length > 0 && !words.some((word) => set.name.includes(word))) continue;
  const folder = newProject(set);
  await posy(folder, "lock");
  const wanted = lines(await posy(folder, "run", "--", "python", "-c", list));
  const base = (
    await posy(folder, "run", "--", "python", "-c", "import sys; print(sys._base_executable)")
  ).trim();
  const by = {
    uv: installed(folder, base, (python) => [
      uv,
      "pip",
      "sync",
      "--quiet",
      "--python",
      python,
      "pylock.toml",
    ]),
    pip: installed(folder, base, (python) => [
      python,
      "-m",
      "pip",
      "install",
      "--quiet",
      "-r",
      "pylock.toml",
    ]),
  };
  const told = [by.uv, by.pip].map((found) => differences(wanted, found));
  different += told.filter((each) => each !== "the same").length;
  console.log(`| ${set.name} | ${wanted.length} | ${told.join(" | ")} |`);
}
process.exit(different === 0 ? 0 : 1);

function newProject({ name, requirements }: LockSet): string {
  const folder = join(root, "installed", name.replaceAll(" ", "-"));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const project = `[project]\nname = "held-against-installers"\nversion = "1"\ndependencies = ${JSON.stringify(requirements)}\n`;
  writeFileSync(join(folder, "pyproject.toml"), project);
  return folder;
}

async function posy(cwd: string, ...args: string[]): Promise<string> {
  const run = await runPosy(args, { cwd, env: environment, timeout: 600_000 });
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stdout;
}

/** Returns the packages of a new venv, which contained pip, after the installer has run in it. */
function installed(
  cwd: string,
  base: string,
  command: (python: string) => readonly string[],
): readonly string[] {
  const venv = join(cwd, "venv");
  rmSync(venv, { recursive: true, force: true });
  runOrThrow([uv, "venv", "--quiet", "--seed", "--python", base, venv], { env: environment });
  const python = join(venv, "bin", "python");
  const had = lines(runOrThrow([python, "-c", list], { env: environment }));
  runOrThrow(command(python), { env: environment, cwd });
  const found = lines(runOrThrow([python, "-c", list], { env: environment }));
  // pip keeps itself in the venv, and uv removes it.
  return found.filter((each) => !had.includes(each) || !each.startsWith("pip "));
}

function lines(text: string): readonly string[] {
  return text.split("\n").filter(Boolean);
}

function differences(wanted: readonly string[], found: readonly string[]): string {
  const lacks = wanted.filter((each) => !found.includes(each)).map((each) => `lacks ${each}`);
  const more = found.filter((each) => !wanted.includes(each)).map((each) => `has ${each}`);
  return [...lacks, ...more].join(", ") || "the same";
}
