// Runs dependency-cruiser with the arrows of docs/contributing/architecture.md, and asserts that it saw every module: a
// checker that sees none passes everything.
//
//     node scripts/check-architecture.mjs              violations, if there are any
//     node scripts/check-architecture.mjs --graph      the folders and their imports, as text
//     node scripts/check-architecture.mjs --dot        the same for Graphviz
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";

const sources = readdirSync("src", { recursive: true }).filter((name) => name.endsWith(".ts")).length;
const run = spawnSync(
  process.execPath,
  [
    "node_modules/dependency-cruiser/bin/dependency-cruise.mjs",
    "src",
    "--config",
    ".dependency-cruiser.cjs",
    "--output-type",
    "json",
  ],
  { encoding: "utf8", maxBuffer: 1 << 28 },
);
let report;
try {
  report = JSON.parse(run.stdout);
} catch {
  console.error(run.stdout, run.stderr);
  process.exit(1);
}
const modules = report.modules.filter(
  (module) => module.source.startsWith("src/") && !module.couldNotResolve,
);

/** `src/vocab/version/version.ts` → `vocab`; a file of `src` itself stands for itself. */
const roomOf = (path) => path.split("/")[1];

/** Folder → folder that it imports → how many imports. */
function graphOf() {
  const graph = new Map();
  for (const { source, dependencies } of modules) {
    for (const { resolved } of dependencies) {
      const [from, to] = [roomOf(source), roomOf(resolved)];
      if (!resolved.startsWith("src/") || from === to) continue;
      const arrows = graph.get(from) ?? new Map();
      graph.set(from, arrows.set(to, (arrows.get(to) ?? 0) + 1));
    }
  }
  return [...graph].sort(([one], [other]) => (one < other ? -1 : 1));
}

const [format] = process.argv.slice(2);
if (format === "--dot") {
  console.log("digraph posy {");
  for (const [from, arrows] of graphOf()) {
    for (const [to, count] of arrows) console.log(`  "${from}" -> "${to}" [label=${count}];`);
  }
  console.log("}");
} else if (format === "--graph") {
  for (const [from, arrows] of graphOf()) {
    const shown = [...arrows].sort((a, b) => b[1] - a[1]).map(([to, count]) => `${to} ${count}`);
    console.log(`${from.padEnd(11)} → ${shown.join(", ")}`);
  }
}

const { violations } = report.summary;
for (const violation of violations) {
  console.error(`${violation.rule.name}: ${violation.from} → ${violation.to}`);
}
console.error(`architecture: ${modules.length} of ${sources} modules seen, ${violations.length} violations`);
if (modules.length < sources || violations.length > 0) process.exit(1);
