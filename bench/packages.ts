// Checks that popular packages work in an Env. It uses the real program, a new POSY_HOME and the public index.
//
//     node_modules/.bin/bun bench/packages.ts
//     node_modules/.bin/bun bench/packages.ts --python 3.12,3.13 pandas
//
// The first checks all packages, which takes a quarter of an hour and fifteen gigabytes. The second checks only these
// Pythons, and only packages whose names contain a word.
//
// `--home DIR` keeps a store and uses it again. POSY_UNDER_TEST=dist checks dist/posy.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type PosyRun, runPosy } from "../test/support/posy.ts";
import type { PackageCase } from "./packages/case.ts";
import { insideEnv } from "./packages/inside.ts";
import { popularPackages } from "./packages/popular.ts";
import { trickyPackages } from "./packages/tricky.ts";
import { cleanEnvironment } from "./setting.ts";

type Outcome =
  | { readonly kind: "ok"; readonly printed: string }
  | { readonly kind: "unsupported" | "lacking" | "known" | "failed"; readonly why: string };

const { values, positionals: words } = parseArgs({
  allowPositionals: true,
  options: { python: { type: "string", default: "3.10,3.12,3.13,3.14" }, home: { type: "string" } },
});
const pythons = values.python.split(",");
const root = mkdtempSync(join(tmpdir(), "posy-packages-"));
const env = {
  ...cleanEnvironment(join(root, "user")),
  POSY_HOME: resolve(values.home ?? join(root, "home")),
};
for (const name of ["user", "cwd"]) mkdirSync(join(root, name));
const wanted = [...popularPackages, ...trickyPackages, ...insideEnv].filter(
  ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
);
const notes: string[] = [];
let failed = 0;
try {
  console.log(`| | ${pythons.join(" | ")} |\n|---|${pythons.map(() => "---|").join("")}`);
  for (const one of wanted) {
    const outcomes: Outcome[] = [];
    for (const python of pythons) outcomes.push(await tried(one, python));
    console.log(`| ${one.name} | ${outcomes.map(cell).join(" | ")} |`);
    outcomes.forEach((outcome, at) => {
      if (outcome.kind !== "ok") notes.push(`${one.name} on ${pythons[at]}: ${outcome.kind}: ${outcome.why}`);
      if (outcome.kind === "failed") failed += 1;
    });
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}
console.log(notes.length === 0 ? "\neverything works" : `\n${notes.join("\n\n")}`);
process.exit(failed === 0 ? 0 : 1);

async function tried(one: PackageCase, python: string): Promise<Outcome> {
  let command = one.command;
  if (one.elsewhere) {
    const other = await posy("env", python, one.elsewhere, ["--json"]);
    if (other.status !== 0) return outcomeOf(one, other);
    const path = (JSON.parse(other.stdout) as { python: string }).python;
    command = command.map((part) => (part === "{elsewhere}" ? path : part));
  }
  return outcomeOf(one, await posy("run", python, one.with, ["--", ...command]));
}

function posy(verb: string, python: string, requirements: readonly string[], rest: readonly string[]) {
  const args = [
    verb,
    "--quiet",
    "--python",
    python,
    ...requirements.flatMap((each) => ["--with", each]),
    ...rest,
  ];
  return runPosy(args, { env, cwd: join(root, "cwd"), timeout: 600_000 });
}

function outcomeOf(one: PackageCase, run: PosyRun): Outcome {
  const printed = run.stdout.trim();
  if (run.status === 0 && (one.prints ?? /^/).test(run.stdout + run.stderr)) return { kind: "ok", printed };
  if (one.known !== undefined) return { kind: "known", why: one.known };
  const why = `status ${run.status ?? run.signal}\n${printed}\n${run.stderr.trim()}`.slice(-3000);
  if ((run.stdout + run.stderr).includes("of Posy's catalogue was built without it"))
    return { kind: "lacking", why };
  return { kind: /^error: no versions fit/m.test(run.stderr) ? "unsupported" : "failed", why };
}

function cell(outcome: Outcome): string {
  if (outcome.kind !== "ok") return outcome.kind === "failed" ? "**failed**" : outcome.kind;
  const version = /\d+(\.\d+)+/.exec(outcome.printed)?.[0];
  return version === undefined ? "ok" : `ok ${version}`;
}
