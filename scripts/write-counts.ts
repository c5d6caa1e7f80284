// Records what commands load, ask, try and open, in test/support/counts/recorded.json. test/e2e/counts.test.ts fails if
// a command does more than that.
//
//     npm run counts
import { writeFileSync } from "node:fs";
import type { Counts } from "../test/support/counts/count-case.ts";

// The modules below read it when they are loaded.
process.env["POSY_UNDER_TEST"] = "dist";
const { countedCases } = await import("../test/support/counts/cases.ts");
const { canTrace, countCase } = await import("../test/support/counts/count-case.ts");
if (!canTrace()) {
  console.error("system calls cannot be counted here: install strace, or run where tracing is allowed");
  process.exit(1);
}
const recorded: Record<string, object> = {};
for (const counted of countedCases) {
  const runs = [
    await countCase(counted, true),
    await countCase(counted, true),
    await countCase(counted, true),
  ];
  // Threads that make the same folder take turns, so a few calls differ.
  const most = (name: keyof Counts) => Math.max(...runs.map((counts) => counts[name] ?? 0));
  const names = Object.keys(runs[0] ?? {}) as (keyof Counts)[];
  const counts = Object.fromEntries(names.map((name) => [name, most(name)]));
  console.log(counted.name, counts);
  recorded[counted.name] = counts;
}
writeFileSync("test/support/counts/recorded.json", `${JSON.stringify(recorded, undefined, 2)}\n`);
