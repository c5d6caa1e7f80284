// Injects faults into commands of Posy, runs each command again, and checks that the result is then right.
//
//     bun bench/faults.ts                          10,000 faults of all kinds in all operations
//     bun bench/faults.ts --seed 42 --count 1      the same fault again
//
// --seed N          fault number n has the seed N + n; a new seed by default
// --count M         how many faults
// --kind K          only this kind (repeatable); --list prints all
// --operation O     only this operation (repeatable)
// --jobs J          how many at once; half of the cores by default
// --minutes T       stop after this time
// --folder F        where the files are; a folder in memory by default
//
// POSY_UNDER_TEST=dist for dist/posy, which starts faster. Needs Linux and a C compiler; kinds that mount need root.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Fault, injectFaults } from "../test/support/faults/inject-faults.ts";
import { compileInjector } from "../test/support/faults/injector.ts";
import { type KindName, kinds } from "../test/support/faults/kinds.ts";
import { operations } from "../test/support/faults/operations.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Date.now() % 1_000_000_000) },
    count: { type: "string", default: "10000" },
    kind: { type: "string", multiple: true },
    operation: { type: "string", multiple: true },
    jobs: { type: "string", default: String(Math.ceil(availableParallelism() / 2)) },
    minutes: { type: "string", default: "1000" },
    folder: { type: "string", default: existsSync("/dev/shm") ? "/dev/shm" : tmpdir() },
    list: { type: "boolean", default: false },
  },
});
if (values.list) {
  console.log(`kinds:\n  ${Object.keys(kinds).join("\n  ")}\noperations:`);
  console.log(operations.map(({ name }) => `  ${name}`).join("\n"));
  process.exit(0);
}
const unknown = [
  ...(values.kind ?? []).filter((name) => !Object.hasOwn(kinds, name)),
  ...(values.operation ?? []).filter((name) => !operations.some((operation) => operation.name === name)),
];
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(", ")}; \`--list\` prints what there is`);
  process.exit(2);
}

const folder = mkdtempSync(join(values.folder, "posy-faults-"));
const injector = compileInjector(folder);
if (injector === undefined) {
  console.error("faults can be injected on Linux only, with a C compiler and seccomp");
  process.exit(2);
}
const started = performance.now();
const end = started + Number(values.minutes) * 60_000;
let [done, failed] = [0, 0];
const faults = await injectFaults({
  injector,
  folder,
  seed: Number(values.seed),
  count: Number(values.count),
  jobs: Number(values.jobs),
  kinds: values.kind as KindName[] | undefined,
  operations: values.operation,
  isOver: () => performance.now() > end,
  progress(fault) {
    done += 1;
    if (fault.wrong !== undefined) {
      failed += 1;
      console.error(`\n${describe(fault)}\n`);
    }
    if (done % 250 === 0) console.error(`${done} faults, ${failed} failures`);
  },
});
rmSync(folder, { recursive: true, force: true });

console.log("| kind | faults | the command succeeded | failures |\n|---|---:|---:|---:|");
for (const kind of Object.keys(kinds) as KindName[]) {
  const those = faults.filter((fault) => fault.kind === kind);
  if (those.length > 0) console.log(`| ${kind} | ${tally(those)} |`);
}
console.log("\n| operation | faults | the command succeeded | failures |\n|---|---:|---:|---:|");
for (const { name } of operations) {
  const those = faults.filter(({ operation }) => operation === name);
  if (those.length > 0) console.log(`| ${name} | ${tally(those)} |`);
}
const minutes = ((performance.now() - started) / 60_000).toFixed(1);
console.log(`\n${faults.length} faults, ${failed} failures, seed ${values.seed}, ${minutes} minutes`);
process.exit(failed === 0 ? 0 : 1);

function tally(those: readonly Fault[]): string {
  const succeeded = those.filter((fault) => fault.succeeded).length;
  return [those.length, succeeded, those.filter(({ wrong }) => wrong !== undefined).length].join(" | ");
}

function describe({ seed, kind, operation, what, wrong }: Fault): string {
  const again = `--seed ${seed} --count 1 --kind "${kind}" --operation "${operation}"`;
  return `${kind} in ${operation}: ${what}\n  again: ${again}\n  ${wrong?.replaceAll("\n", "\n  ")}`;
}
