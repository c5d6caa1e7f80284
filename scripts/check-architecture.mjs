// Checks the imports between the folders of src with dependency-cruiser. The rules are in .dependency-cruiser.cjs. The
// check also fails if dependency-cruiser did not see every module, since a checker that sees no module finds no fault.
//
//     node scripts/check-architecture.mjs              lists the violations
//     node scripts/check-architecture.mjs --graph      also prints which folder imports which
//     node scripts/check-architecture.mjs --dot        the same for Graphviz, with the number of imports
//     node scripts/check-architecture.mjs --write      writes the graph to docs/contributing/architecture.md
//
// The check fails if the graph in the document differs from the graph of the code.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

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
// Modules import a JSON file as well, which is not a module of ours.
const modules = report.modules.filter(
  (module) => module.source.startsWith("src/") && module.source.endsWith(".ts") && !module.couldNotResolve,
);

/** Returns the top folder of a module: `src/vocab/version/version.ts` → `vocab`. A file in `src` itself is its own. */
const folderOf = (path) => path.split("/")[1];

/** Returns a map: folder → folder that it imports → number of imports. */
function graphOf() {
  const graph = new Map();
  for (const { source, dependencies } of modules) {
    for (const { resolved } of dependencies) {
      const [from, to] = [folderOf(source), folderOf(resolved)];
      if (!resolved.startsWith("src/") || from === to) continue;
      const arrows = graph.get(from) ?? new Map();
      graph.set(from, arrows.set(to, (arrows.get(to) ?? 0) + 1));
    }
  }
  return [...graph].sort(([one], [other]) => (one < other ? -1 : 1));
}

/** Returns a line for each folder: `settings → errors, model, …`. */
function graphText() {
  const lines = graphOf().map(
    ([from, arrows]) =>
      `${from.padEnd(11)}→ ${[...arrows.keys()].sort((one, other) => (one < other ? -1 : 1)).join(", ")}`,
  );
  return `${lines.join("\n")}\n`;
}

const [format] = process.argv.slice(2);
if (format === "--dot") {
  console.log("digraph posy {");
  for (const [from, arrows] of graphOf()) {
    for (const [to, count] of arrows) console.log(`  "${from}" -> "${to}" [label=${count}];`);
  }
  console.log("}");
} else if (format === "--graph") process.stdout.write(graphText());

const page = "docs/contributing/architecture.md";
const text = readFileSync(page, "utf8");
const written = text.replace(
  /(<!-- graph:begin[^>]*-->\n\n```text\n)[^`]*(```)/,
  (_, before, after) => before + graphText() + after,
);
if (format === "--write") writeFileSync(page, written);
else if (written !== text) {
  console.error(
    `the graph in ${page} differs from the code: run \`node scripts/check-architecture.mjs --write\``,
  );
  process.exit(1);
}

const { violations } = report.summary;
for (const violation of violations) {
  console.error(`${violation.rule.name}: ${violation.from} → ${violation.to}`);
}
console.error(`architecture: ${modules.length} of ${sources} modules seen, ${violations.length} violations`);
if (modules.length < sources || violations.length > 0) process.exit(1);
