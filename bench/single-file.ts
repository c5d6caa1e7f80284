// Runs the single-file scripts of test/network/scripts on the public index, each four times: with an empty cache (but
// for what earlier scripts fetched), again, offline, and with a lock. Prints a table, and fails if a run does.
//
//     node_modules/.bin/bun bench/single-file.ts            all scripts (some minutes), with dist/posy
//     node_modules/.bin/bun bench/single-file.ts numpy      only those whose names contain one of the words
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { cleanEnvironment } from "./setting.ts";

const source = resolve("test", "network", "scripts");
const posy = resolve("dist", "posy");
const words = process.argv.slice(2);
const root = mkdtempSync(join(tmpdir(), "posy-scripts-"));
const { POSY_PYTHON_MIRROR: _mirror, ...clean } = cleanEnvironment(root);
const env = { ...clean, POSY_HOME: join(root, "home") };

interface Run {
  readonly milliseconds: number;
  readonly text: string;
  readonly failed: boolean;
}

function run(argv: readonly string[], cwd: string): Run {
  const start = performance.now();
  const { exitCode, stdout, stderr } = Bun.spawnSync([...argv], {
    cwd,
    env,
    stdin: "ignore",
    stderr: "pipe",
  });
  const milliseconds = performance.now() - start;
  const failed = exitCode !== 0 || !/^ok/m.test(stdout.toString());
  return {
    milliseconds,
    failed,
    text: failed ? `${stdout.toString()}${stderr.toString()}` : stdout.toString(),
  };
}

/** Makes a repository with a package, for the script that has a git reference. Returns its URL. */
function makeRepository(): string {
  const folder = join(root, "ours");
  mkdirSync(folder);
  writeFileSync(join(folder, "ours.py"), 'word = "from git"\n');
  writeFileSync(
    join(folder, "pyproject.toml"),
    '[project]\nname = "ours"\nversion = "1"\ndescription = "x"\n[build-system]\nrequires = ["flit_core"]\nbuild-backend = "flit_core.buildapi"\n',
  );
  const author = ["-c", "user.name=A", "-c", "user.email=a@example.org"];
  for (const args of [
    ["init", "--quiet"],
    ["add", "--all"],
    [...author, "commit", "-qm", "x"],
    ["tag", "v1"],
  ]) {
    Bun.spawnSync(["git", "-C", folder, ...args]);
  }
  return `file://${folder}`;
}

const steps = ["cold", "warm", "offline", "locked"] as const;
const lines: string[] = [];
let failures = 0;
try {
  const repository = makeRepository();
  for (const name of readdirSync(source).sort()) {
    if (words.length > 0 && !words.some((word) => name.includes(word))) continue;
    const folder = join(root, "work", name);
    mkdirSync(folder, { recursive: true });
    const path = join(folder, name);
    copyFileSync(join(source, name), path);
    writeFileSync(path, readFileSync(path, "utf8").replaceAll("GIT_URL", repository));
    const runs: Readonly<Record<(typeof steps)[number], () => Run>> = {
      cold: () => run([posy, "run", name], folder),
      warm: () => run([posy, "run", name], folder),
      offline: () => run([posy, "run", "--offline", name], folder),
      locked: () => {
        Bun.spawnSync([posy, "lock", "--script", name], { cwd: folder, env, stdin: "ignore" });
        return run([posy, "run", "--locked", name], folder);
      },
    };
    const cells = steps.map((step) => {
      const { milliseconds, text, failed } = runs[step]();
      if (!failed) return milliseconds.toFixed(0);
      failures += 1;
      console.error(`${name}, ${step}:\n${text}`);
      return "failed";
    });
    lines.push(`| ${[name, ...cells].join(" | ")} |`);
    console.error(lines.at(-1));
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}
console.log(
  `| script, ms | ${steps.join(" | ")} |\n|---|${"---:|".repeat(steps.length)}\n${lines.join("\n")}`,
);
process.exit(failures === 0 ? 0 : 1);
