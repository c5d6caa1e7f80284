// Compiles Posy to single files that need neither Node nor npm:
//
//     npm run build                              dist/posy, for this machine
//     npm run build -- --target windows-x86_64   dist/posy-windows-x86_64.exe (repeat it for several platforms)
//     npm run build -- --all                     one file for each platform
import { join } from "node:path";
import { parseArgs } from "node:util";
import { compile } from "./release/compile.ts";
import { binaryName, releaseTargets } from "./release/targets.ts";

const { values } = parseArgs({
  options: { all: { type: "boolean" }, target: { type: "string", multiple: true } },
});
for (const name of values.target ?? []) {
  if (releaseTargets.some(({ platform }) => platform === name)) continue;
  console.error(
    `unknown platform \`${name}\`; there are: ${releaseTargets.map((t) => t.platform).join(", ")}`,
  );
  process.exit(2);
}
const targets = releaseTargets.filter(({ platform }) => values.all || values.target?.includes(platform));
if (targets.length === 0) compile(join("dist", "posy"));
for (const target of targets) compile(join("dist", binaryName(target)), target);
