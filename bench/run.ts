// Measures Posy, uv and pip in one run on this machine. The tools run in turn. The results are medians and ratios.
//
//     npm run bench                     all scenarios (some minutes); writes docs/contributing/performance.md
//     npm run bench -- warm import      only the scenarios whose names contain one of the words; writes nothing
//     npm run bench -- ship             compares shipped applications with those of PyInstaller, PEX and shiv
import { availableParallelism } from "node:os";
import type { Result } from "./result.ts";
import { building } from "./scenarios/build.ts";
import { generatedGraphs } from "./scenarios/generated-graphs.ts";
import { hardRequirements } from "./scenarios/hard-requirements.ts";
import { importing } from "./scenarios/import-packages.ts";
import { installing } from "./scenarios/install.ts";
import { projects } from "./scenarios/project.ts";
import { resolving } from "./scenarios/resolve.ts";
import { coldRun, warmRun } from "./scenarios/run-program.ts";
import { startUp } from "./scenarios/start-up.ts";
import { tools } from "./scenarios/tools.ts";
import { prepare, type Setting } from "./setting.ts";
import { shipping } from "./ship.ts";
import { formatTable, replaceBetweenMarkers } from "./table.ts";

const scenarios: Readonly<Record<string, (setting: Setting) => Result[] | Promise<Result[]>>> = {
  "start-up": startUp,
  "warm-run": warmRun,
  "cold-run": coldRun,
  resolve: resolving,
  "hard-requirements": hardRequirements,
  "generated-graphs": generatedGraphs,
  install: installing,
  build: building,
  project: projects,
  tools,
  import: importing,
};

const words = process.argv.slice(2);
const results: Result[] = [];
await using setting = await prepare();
for (const [name, scenario] of Object.entries(scenarios)) {
  if (words.length > 0 && !words.some((word) => name.includes(word))) continue;
  console.error(`bench: ${name} …`);
  results.push(...(await scenario(setting)));
}
if (words.includes("ship")) console.log(shipping(setting));
const today = new Date().toISOString().slice(0, 10);
const conditions = [
  `${today}, ${availableParallelism()} cores, ${process.platform}-${process.arch}.`,
  "All three in turn, same interpreter, the index a mirror on loopback where nothing else is said.",
].join(" ");
const text = `${conditions}\n\n${formatTable(results)}`;
if (results.length > 0) console.log(text);
if (words.length === 0) replaceBetweenMarkers("docs/contributing/performance.md", text);
