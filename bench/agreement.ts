// Compares the versions that Posy and uv choose. Both resolve the same requirements at the same moment from the same
// index.
//
//     node_modules/.bin/bun bench/agreement.ts [WORD…]      only the sets whose names contain one of the words
//
// The UV variable names the uv to use; without it, Posy fetches one. Downloads stay in node_modules/.cache between
// runs. The exit status is 1 if there is a difference that is not in the table of explained differences (explained.ts).
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { homeAt, makeBrief, openPosy, PosyError, type PlatformName } from "../src/index.ts";
import { applications } from "./agreement/applications.ts";
import { type Answer, askUv, bringUv, uvsPlatform } from "./agreement/ask-uv.ts";
import { bringInterpreters } from "./agreement/bring-interpreters.ts";
import { explained } from "./agreement/explained.ts";
import { reported } from "./agreement/reported.ts";
import { type RequirementSet, requirementSets } from "./agreement/requirement-sets.ts";
import { uvWorkloads } from "./agreement/uv-workloads.ts";
import { cleanEnvironment } from "./setting.ts";

const words = process.argv.slice(2);
const root = resolve("node_modules", ".cache", "posy-bench", "agreement");
mkdirSync(join(root, "user"), { recursive: true });
// The oldest macOS that both tools assume. uv reads it from this variable.
const environment = {
  ...cleanEnvironment(join(root, "user")),
  POSY_HOME: join(root, "home"),
  UV_CACHE_DIR: join(root, "uv"),
  MACOSX_DEPLOYMENT_TARGET: "13.0",
};
// Excludes uploads of today, which only one of the two tools might see. Runs of the same day use the same date.
const excludeNewer = `${new Date(Date.now() - 7 * 86_400_000).toISOString().slice(0, 10)}T00:00:00Z`;
const posy = await openPosy({
  environment: { ...environment, UV_EXCLUDE_NEWER: excludeNewer },
  cwd: root,
  home: homeAt(join(root, "home", "data"), join(root, "home", "cache")),
});
/** The codes of errors that mean "there is no solution". */
const answers: ReadonlySet<string> = new Set(["unsatisfiable", "build-failed"]);
let unexplained = 0;
const tools = await bringUv(environment);
const interpreterOf = bringInterpreters(environment);
try {
  console.log("| requirements | Python | platform | pins | differences |\n|---|---|---|---:|---|");
  for (const set of [...requirementSets, ...reported, ...uvWorkloads, ...applications]) {
    if (words.length > 0 && !words.some((word) => set.name.includes(word))) continue;
    for (const python of set.pythons ?? ["3.13.5"]) {
      for (const platform of set.platforms ?? [posy.machine.platform]) {
        const ours = await posysAnswer(set, python, platform);
        const theirs = await uvsAnswer(set, python, platform);
        const differences = compare(ours, theirs, reasonsFor(set.name, python));
        unexplained += differences.filter(({ why }) => why === undefined).length;
        const byReason = new Map<string, string[]>();
        for (const { what, why = "**unexplained**" } of differences) {
          byReason.set(why, [...(byReason.get(why) ?? []), what]);
        }
        const told = [...byReason].map(([why, all]) => `${all.join(", ")}: ${why}`).join("; ");
        const pins = typeof ours === "string" ? "none" : ours.size;
        console.log(`| ${set.name} | ${python} | ${platform} | ${pins} | ${told} |`);
      }
    }
  }
} finally {
  await posy.close();
}
console.log(unexplained === 0 ? "\nthey agree" : `\n${unexplained} differences are not explained`);
process.exit(unexplained === 0 ? 0 : 1);

async function posysAnswer(
  set: RequirementSet,
  pythonVersion: string,
  platform: PlatformName,
): Promise<Answer> {
  const builds = set.builds ? {} : { noBuild: { all: true, names: new Set<never>() } };
  const brief = makeBrief({ ...set, builds, pythonVersion, platforms: [platform] });
  try {
    const [target] = (await posy.resolve(brief)).targets;
    return new Map(target?.packages.map(({ name, version }) => [name, version]));
  } catch (error) {
    if (error instanceof PosyError && answers.has(error.code)) return error.message;
    throw error;
  }
}

async function uvsAnswer(set: RequirementSet, python: string, platform: PlatformName): Promise<Answer> {
  return askUv({
    ...set,
    uv: tools.uv,
    // If nothing is built, any Python works.
    interpreter: set.builds ? await interpreterOf(python) : tools.python,
    python,
    platform: uvsPlatform(platform, posy.machine),
    onlyWheels: !set.builds,
    excludeNewer,
    environment,
    folder: root,
  });
}

/** Returns the explained differences of a set. Those for one of its Pythons take precedence. */
function reasonsFor(name: string, python: string): Readonly<Record<string, string>> {
  return { ...explained[name], ...explained[`${name} on ${python}`] };
}

function compare(ours: Answer, theirs: Answer, reasons: Readonly<Record<string, string>>) {
  if (typeof ours === "string" || typeof theirs === "string") {
    if (typeof ours === "string" && typeof theirs === "string") return [];
    const what =
      typeof ours === "string" ? `only Posy refuses: ${ours}` : `only uv refuses: ${theirs as string}`;
    return [{ what: what.replaceAll("\n", " "), why: reasons["refused"] }];
  }
  const names = [...new Set([...ours.keys(), ...theirs.keys()])].sort();
  const different = names.filter((name) => ours.get(name) !== theirs.get(name));
  return different.map((name) => ({
    what: `\`${name}\` ${ours.get(name) ?? "–"}, uv ${theirs.get(name) ?? "–"}`,
    why: reasons[name] ?? reasons["*"],
  }));
}
