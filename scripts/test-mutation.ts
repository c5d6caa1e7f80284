// Puts small faults into the source, one at a time, and counts those that the tests notice.
//
//     npm run test:mutation -- src/pythons                     a new sample of 50 faults
//     npm run test:mutation -- src/pythons --seed 7            the same sample for everybody
//     npm run test:mutation -- src/pythons --sample all        every fault
//     npm run test:mutation -- src/pythons --at src/pythons/x.ts:12 --sample all     the faults of one line
//     npm run test:mutation -- src/cli/run --tests test/e2e/run-process.test.ts
//
// docs/contributing/tests.md explains the result. The exit status is 1 if fewer than 95 % of the faults are noticed,
// and 2 if the tests fail without a fault, so that there is no result.
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Accepted, isAbout, readAccepted, staleEntries } from "./mutation/accepted.ts";
import { openCompiler } from "./mutation/compiles.ts";
import { type Fault, faultsOf } from "./mutation/faults.ts";
import { shuffled } from "./mutation/sample.ts";
import { filesIn, openTestFinder, slashed } from "./mutation/tests-of.ts";
import type { TestFolders } from "./mutation/run-tests.ts";
import { openTrial, type Verdict } from "./mutation/try-fault.ts";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: "string", default: "50" },
    seed: { type: "string" },
    at: { type: "string" },
    tests: { type: "string", multiple: true, default: [] },
    "extra-time": { type: "string", default: "20" },
    threshold: { type: "string", default: "95" },
    json: { type: "string" },
    root: { type: "string", default: "." },
    list: { type: "boolean", default: false },
  },
});

function usage(message: string): never {
  console.error(`error: ${message}`);
  console.error(
    "usage: npm run test:mutation -- PATH… [--sample N|all] [--seed S] [--at FILE:LINE] [--tests PATH]… [--extra-time SECONDS] [--threshold PERCENT] [--json FILE] [--list]",
  );
  process.exit(2);
}

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  return usage(`\`--${name}\` takes a whole number, not \`${text}\``);
}

const root = resolve(options.root);
const sampleSize =
  options.sample === "all" ? Number.POSITIVE_INFINITY : wholeNumber("sample", options.sample);
const seed = options.seed === undefined ? Date.now() % 1_000_000 : wholeNumber("seed", options.seed);
const threshold = wholeNumber("threshold", options.threshold);
if (positionals.length === 0) usage("name a folder or file of the source, such as `src/pythons`");

/** Returns the paths below a folder that end so, or the path of the file itself. */
function expand(path: string, end: string): readonly string[] {
  const local = slashed(relative(root, resolve(root, path)));
  try {
    return statSync(join(root, local)).isDirectory() ? filesIn(root, local, end) : [local];
  } catch {
    return usage(`there is no \`${path}\``);
  }
}

const files = positionals.flatMap((path) => expand(path, ".ts")).filter((path) => !path.endsWith(".d.ts"));
const originals = new Map(files.map((file) => [file, readFileSync(join(root, file), "utf8")]));
const all = [...originals].flatMap(([file, text]) => faultsOf(file, text));
const positionOf = (fault: Fault) => `${fault.file}:${fault.line}`;
const selected = all.filter((fault) => options.at === undefined || positionOf(fault) === options.at);
const order = options.sample === "all" ? selected : shuffled(selected, seed);
if (options.list) {
  for (const fault of order) console.log(`${positionOf(fault)}: ${fault.what}`);
  process.exit(0);
}

const copy = mkdtempSync(join(tmpdir(), "posy-mutation-"));
const folders: TestFolders = { project: join(copy, "project"), temporary: join(copy, "temporary") };
const removeCopy = () => rmSync(copy, { recursive: true, force: true });
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    removeCopy();
    process.exit(130);
  });
}

/**
 * Makes a copy of the project, so that the working tree is never changed, and may be edited during the run. The
 * packages are shared.
 */
function copyProject(): void {
  const leftOut = new Set([".git", "node_modules", "dist"]);
  cpSync(root, folders.project, {
    recursive: true,
    filter: (path) => path === root || !leftOut.has(basename(path)),
  });
  symlinkSync(join(root, "node_modules"), join(folders.project, "node_modules"), "junction");
}

/** Reads the accepted faults. Throws if the source no longer allows one of them. */
function currentAccepted(): readonly Accepted[] {
  const accepted = readAccepted(join(root, "scripts/mutation/accepted.json"));
  const stale = staleEntries(accepted, files, all).map(
    ({ file, line, fault }) => `${file}: ${fault} in \`${line}\``,
  );
  if (stale.length === 0) return accepted;
  throw new Error(`accepted.json has faults that can't be made any more:\n${stale.join("\n")}`);
}

async function main(): Promise<number> {
  const accepted = currentAccepted();
  copyProject();
  const compiles = openCompiler(folders.project);
  const testsOf = openTestFinder(folders.project);
  const more = options.tests.flatMap((path) => expand(path, ".test.ts"));
  const trial = openTrial(process.execPath, folders, wholeNumber("extra-time", options["extra-time"]) * 1000);
  const verdicts: Verdict[] = [];
  let refused = 0;
  let skipped = 0;
  for (const fault of order) {
    if (verdicts.length >= sampleSize) break;
    if (accepted.some((entry) => isAbout(entry, fault))) {
      skipped += 1;
      continue;
    }
    if (!compiles(fault)) {
      refused += 1;
      continue;
    }
    const tests = [...new Set([...testsOf(fault.file), ...more])];
    const verdict = await trial.tryFault(fault, originals.get(fault.file) ?? "", tests);
    verdicts.push(verdict);
    console.log(`${verdicts.length}: ${verdict.outcome} ${positionOf(fault)}: ${fault.what} (${verdict.by})`);
  }
  const survivors = verdicts.filter(({ outcome }) => outcome === "survived");
  const timeouts = verdicts.filter(({ outcome }) => outcome === "timeout");
  const killed = verdicts.length - survivors.length;
  const percent = verdicts.length === 0 ? 0 : (100 * killed) / verdicts.length;
  console.log(`\nsurvivors:${survivors.length === 0 ? " none" : ""}`);
  for (const { fault, by } of survivors) {
    console.log(`  ${positionOf(fault)}: ${fault.what}\n    ${fault.lineText}\n    ${by}`);
  }
  console.log(
    `\n${killed} of ${verdicts.length} faults noticed (${percent.toFixed(1)} %), ${timeouts.length} of them by a timeout; seed ${seed}`,
  );
  console.log(`not counted: ${refused} that do not compile, ${skipped} accepted as equivalent`);
  if (options.json !== undefined) {
    const report = { seed, killed, percent, refused, skipped, verdicts };
    writeFileSync(options.json, `${JSON.stringify(report, undefined, 2)}\n`);
  }
  if (verdicts.length === 0) console.error("error: no fault could be made");
  return verdicts.length > 0 && percent >= threshold ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`error: ${(error as Error).message}`);
  process.exitCode = 2;
} finally {
  removeCopy();
}
