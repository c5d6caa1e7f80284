// Runs dependency-cruiser with the arrows of docs/contributing/architecture.md, and asserts that it saw every module: a
// checker that sees none passes everything.
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
const seen = report.modules.filter(
  (module) => module.source.startsWith("src/") && !module.couldNotResolve,
).length;
for (const violation of report.summary.violations) {
  console.error(`${violation.rule.name}: ${violation.from} → ${violation.to}`);
}
console.log(
  `architecture: ${seen} of ${sources} modules seen, ${report.summary.violations.length} violations`,
);
if (seen < sources || report.summary.violations.length > 0) process.exit(1);
