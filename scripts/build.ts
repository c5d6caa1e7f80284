// Compiles Posy to single files that need neither Node nor npm:
//
//     npm run build                              dist/posy, for this machine
//     npm run build -- --target windows-x86_64   dist/posy-windows-x86_64.exe (repeat it for several platforms)
//     npm run build -- --all                     a release: a file for each platform, also compressed, with checksums,
//                                                licences, a bill of materials, the installers, npm packages (npm/)
//                                                and wheels (wheels/)
//     npm run build -- --all --target …          a release for these platforms
//     npm run build -- --all --from URL          a release whose installers download from URL
//     npm run build -- --out DIR                 writes to another folder than dist
import { join } from "node:path";
import { parseArgs } from "node:util";
import { compile } from "./release/compile.ts";
import { binaryName, releaseTargets } from "./release/targets.ts";
import { writePackages } from "./release/write-packages.ts";
import { writeRelease } from "./release/write-release.ts";

const { values } = parseArgs({
  options: {
    all: { type: "boolean", default: false },
    from: { type: "string", default: "" },
    out: { type: "string", default: "dist" },
    target: { type: "string", multiple: true, default: [] },
  },
});
for (const name of values.target) {
  if (releaseTargets.some(({ platform }) => platform === name)) continue;
  console.error(
    `unknown platform \`${name}\`; there are: ${releaseTargets.map((t) => t.platform).join(", ")}`,
  );
  process.exit(2);
}
const targets = releaseTargets.filter(({ platform }) => values.target.includes(platform));
if (values.all) {
  const released = targets.length === 0 ? releaseTargets : targets;
  await writeRelease(values.out, released, values.from);
  await writePackages(values.out, released);
} else if (targets.length === 0) compile(join(values.out, "posy"));
else for (const target of targets) compile(join(values.out, binaryName(target)), target);
