// Does Posy come to the same versions as uv? Both are asked the same at the same moment of the same index.
//
//     node_modules/.bin/bun bench/agreement.ts [WORD…]      only the sets whose name has one of the words
//
// uv is brought by Posy, or is the one that the UV variable names. Ends with status 1 where a difference is
// neither none nor in the table of explained ones.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeBrief, openPosy, PosyError, type PlatformName } from "../src/index.ts";
import { type Answer, askUv, bringUv, uvsPlatform } from "./agreement/ask-uv.ts";
import { explained, type RequirementSet, requirementSets } from "./agreement/requirement-sets.ts";
import { cleanEnvironment } from "./setting.ts";

const words = process.argv.slice(2);
const root = mkdtempSync(join(tmpdir(), "posy-agreement-"));
mkdirSync(join(root, "user"));
// The least macOS that both assume: uv reads it from here.
const environment = {
  ...cleanEnvironment(join(root, "user")),
  POSY_HOME: join(root, "home"),
  UV_CACHE_DIR: join(root, "uv"),
  MACOSX_DEPLOYMENT_TARGET: "13.0",
};
// What was uploaded while they are asked would reach one of the two alone.
const excludeNewer = new Date(Date.now() - 7 * 86_400_000).toISOString();
const posy = await openPosy({ environment: { ...environment, UV_EXCLUDE_NEWER: excludeNewer }, cwd: root });
let unexplained = 0;
const tools = await bringUv(environment);
try {
  console.log("| requirements | Python | platform | pins | differences |\n|---|---|---|---:|---|");
  for (const set of requirementSets) {
    if (words.length > 0 && !words.some((word) => set.name.includes(word))) continue;
    for (const python of set.pythons ?? ["3.13.5"]) {
      for (const platform of set.platforms ?? [posy.machine.platform]) {
        const ours = await posysAnswer(set, python, platform);
        const theirs = uvsAnswer(set, python, platform);
        const differences = compare(ours, theirs, explained[set.name] ?? {});
        unexplained += differences.filter(({ why }) => why === undefined).length;
        const told = differences.map(({ what, why }) => `${what}: ${why ?? "**unexplained**"}`).join("; ");
        const pins = typeof ours === "string" ? "none" : ours.size;
        console.log(`| ${set.name} | ${python} | ${platform} | ${pins} | ${told} |`);
      }
    }
  }
} finally {
  await posy.close();
  rmSync(root, { recursive: true, force: true });
}
console.log(unexplained === 0 ? "\nthey agree" : `\n${unexplained} differences are not explained`);
process.exit(unexplained === 0 ? 0 : 1);

async function posysAnswer(
  set: RequirementSet,
  pythonVersion: string,
  platform: PlatformName,
): Promise<Answer> {
  const brief = makeBrief({ ...set, pythonVersion, platforms: [platform] });
  try {
    const [target] = (await posy.resolve(brief)).targets;
    return new Map(target?.packages.map(({ name, version }) => [name, version]));
  } catch (error) {
    if (error instanceof PosyError && error.code === "unsatisfiable") return error.message;
    throw error;
  }
}

function uvsAnswer(set: RequirementSet, python: string, platform: PlatformName): Answer {
  return askUv({
    ...set,
    uv: tools.uv,
    interpreter: tools.python,
    python,
    platform: uvsPlatform(platform, posy.machine),
    onlyWheels: true,
    excludeNewer,
    environment,
    folder: root,
  });
}

function compare(ours: Answer, theirs: Answer, reasons: Readonly<Record<string, string>>) {
  if (typeof ours === "string" || typeof theirs === "string") {
    if (typeof ours === "string" && typeof theirs === "string") return [];
    const what =
      typeof ours === "string" ? `only Posy refuses: ${ours}` : `only uv refuses: ${theirs as string}`;
    return [{ what: what.replaceAll("\n", " "), why: reasons["*"] }];
  }
  const names = [...new Set([...ours.keys(), ...theirs.keys()])].sort();
  const different = names.filter((name) => ours.get(name) !== theirs.get(name));
  return different.map((name) => ({
    what: `\`${name}\` ${ours.get(name) ?? "–"}, uv ${theirs.get(name) ?? "–"}`,
    why: reasons[name] ?? reasons["*"],
  }));
}
