// Compares Posy's lock with uv's answer for each target. Posy locks a project for five platforms with each Python, and
// uv resolves each target separately, at the same moment from the same index. The check also lets uv read Posy's lock:
// for each target, uv must select the packages that Posy locked.
//
//     node_modules/.bin/bun bench/lock-agreement.ts [WORD…]      only the sets whose names contain one of the words
//     … --python 3.12                                            only this Python (repeatable)
//     … --together                                               one lock for all Pythons, instead of one for each
//
// If some platforms of a set have no solution, both tools must fail for them, and the other platforms are locked.
// Downloads stay in node_modules/.cache between runs. The exit status is 1 if there is a difference that neither comes
// from aligning the targets nor is in the table of explained differences.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { homeAt, makeBrief, openPosy, PosyError, type PlatformName } from "../src/index.ts";
import { blueprintOfPylock } from "../src/lockfile/to-blueprint/blueprint-of-pylock.ts";
import { parsePylock } from "../src/lockfile/to-blueprint/parse-pylock.ts";
import { runPosy } from "../test/support/posy.ts";
import { type Answer, askUv, bringUv, uvsPlatform } from "./agreement/ask-uv.ts";
import { bringInterpreters } from "./agreement/bring-interpreters.ts";
import { compareTarget } from "./lock-agreement/compare-target.ts";
import { everyMinor, explainedDifferences, type LockSet, lockSets } from "./lock-agreement/lock-sets.ts";
import { listPythons } from "./lock-agreement/listed-pythons.ts";
import { readByUv } from "./lock-agreement/read-by-uv.ts";
import { cleanEnvironment } from "./setting.ts";

const platforms = ["linux-x86_64", "linux-aarch64", "macos-arm64", "macos-x86_64", "windows-x86_64"] as const;
type Pins = ReadonlyMap<string, string>;

const { positionals: words, values } = parseArgs({
  allowPositionals: true,
  options: { python: { type: "string", multiple: true }, together: { type: "boolean", default: false } },
});
const root = resolve("node_modules", ".cache", "posy-bench", "lock-agreement");
mkdirSync(join(root, "user"), { recursive: true });
// Excludes uploads of today, which only one of the two tools might see. Runs of the same day use the same date.
const excludeNewer = `${new Date(Date.now() - 7 * 86_400_000).toISOString().slice(0, 10)}T00:00:00Z`;
const mirror = join(root, "pythons");
listPythons(mirror);
const environment = {
  ...cleanEnvironment(join(root, "user")),
  POSY_PYTHON_MIRROR: mirror,
  POSY_HOME: join(root, "home"),
  UV_CACHE_DIR: join(root, "uv"),
  // The oldest macOS that both tools assume. uv reads it from this variable.
  MACOSX_DEPLOYMENT_TARGET: "13.0",
};
const asked = { ...environment, UV_EXCLUDE_NEWER: excludeNewer };
const posy = await openPosy({
  environment: asked,
  cwd: root,
  home: homeAt(join(root, "home", "data"), join(root, "home", "cache")),
});
const { uv } = await bringUv(environment);
const interpreterOf = bringInterpreters(environment);
const tally = { same: 0, refused: 0, aligned: 0, explained: 0, unexplained: 0 };

console.log("| requirements | Python | platform | pins | differences |\n|---|---|---|---:|---|");
for (const set of lockSets) {
  if (words.length > 0 && !words.some((word) => set.name.includes(word))) continue;
  const minors = (set.pythons ?? everyMinor).filter((minor) => values.python?.includes(minor) ?? true);
  for (const each of values.together ? [minors] : minors.map((minor) => [minor]))
    await compareLock(set, each);
}
await posy.close();
console.log(
  `\n${tally.same} targets are the same, ${tally.refused} are refused by both, ${tally.aligned} differ by alignment, ${tally.explained} for a reason that is known, ${tally.unexplained} are not explained`,
);
process.exit(tally.unexplained === 0 ? 0 : 1);

async function compareLock(set: LockSet, minors: readonly string[]): Promise<void> {
  const refused = new Map<string, string>();
  let locked = await lock(set, minors, platforms);
  if (typeof locked === "string") {
    for (const platform of platforms) {
      for (const minor of minors) {
        const answer = await alone(set, minor, platform);
        if (typeof answer === "string") refused.set(targetName(minor, platform), answer);
      }
    }
    const rest = platforms.filter(
      (platform) => !minors.some((minor) => refused.has(targetName(minor, platform))),
    );
    locked = rest.length === 0 ? new Map() : await lock(set, minors, rest);
    if (typeof locked === "string") throw new Error(`${set.name} with ${minors.join(", ")}: ${locked}`);
  }
  for (const minor of minors) {
    for (const platform of platforms) await compareOne(set, minors, minor, platform, locked, refused);
  }
}

async function compareOne(
  set: LockSet,
  minors: readonly string[],
  minor: string,
  platform: PlatformName,
  locked: ReadonlyMap<string, Pins>,
  refused: ReadonlyMap<string, string>,
): Promise<void> {
  const target = targetName(minor, platform);
  const [python] = await posy.interpreters(minor, platform);
  const pins = locked.get(target) ?? refused.get(target);
  // Another Python has no solution on this platform, so the platform is in no lock.
  if (pins === undefined) return;
  const of = { uv, interpreter: await interpreterOf(minor), python: python?.version ?? minor, environment };
  const uvs = askUv({
    ...set,
    ...of,
    platform: uvsPlatform(platform),
    onlyWheels: false,
    excludeNewer,
    folder: root,
  });
  const differences = await compareTarget({
    locked: pins,
    uvs,
    alone: () => alone(set, minor, platform),
    others: new Map([...locked].filter(([other]) => other !== target)),
    reasons: explainedDifferences[set.name] ?? {},
  });
  const read = typeof pins === "string" ? pins : readByUv({ ...of, folder: folderOf(set, minors), platform });
  const misread = await compareTarget({
    locked: pins,
    uvs: read,
    alone: async () => pins,
    others: new Map(),
    reasons: {},
  });
  differences.push(
    ...misread.map(({ what }) => ({ what: `read by uv from the lock: ${what}`, why: undefined })),
  );
  tally[verdict(pins, differences)] += 1;
  const told = differences.map(({ what, why }) => `${what}: ${why ?? "**unexplained**"}`).join("; ");
  const both = typeof pins === "string" && differences.length === 0 ? "refused by both" : told;
  const count = typeof pins === "string" ? "none" : pins.size;
  console.log(`| ${set.name} | ${minor} | ${platform} | ${count} | ${both} |`);
}

function targetName(minor: string, platform: PlatformName): string {
  return `${minor} on ${platform}`;
}

function verdict(pins: Answer, differences: Awaited<ReturnType<typeof compareTarget>>): keyof typeof tally {
  if (differences.length === 0) return typeof pins === "string" ? "refused" : "same";
  if (differences.some(({ why }) => why === undefined)) return "unexplained";
  return differences.every(({ why }) => /^(aligned|follows)/.test(why ?? "")) ? "aligned" : "explained";
}

function folderOf({ name }: LockSet, minors: readonly string[]): string {
  return join(root, "projects", `${name.replaceAll(" ", "-")}-${minors.join("-")}`);
}

/** Runs `posy lock` in a new project. Returns the locked pins by target, or the error. */
async function lock(
  set: LockSet,
  minors: readonly string[],
  wanted: readonly PlatformName[],
): Promise<ReadonlyMap<string, Pins> | string> {
  const folder = folderOf(set, minors);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "pyproject.toml"),
    `[project]
name = "held-against-uv"
version = "1"
dependencies = ${JSON.stringify(set.requirements)}

[tool.posy]
python = ${JSON.stringify(minors.length === 1 ? minors[0] : minors)}
platforms = ${JSON.stringify(wanted)}
`,
  );
  const run = await runPosy(["lock"], { cwd: folder, env: asked, timeout: 1_200_000 });
  if (run.status === 1) return run.stderr;
  if (run.status !== 0) throw new Error(`posy lock ended with ${run.status}: ${run.stderr}`);
  const path = join(folder, "pylock.toml");
  const blueprint = await blueprintOfPylock(await parsePylock(readFileSync(path, "utf8"), path), folder);
  return new Map(
    blueprint?.targets.map(({ platform, python, packages }) => [
      targetName(python.version.split(".", 2).join("."), platform),
      pinsOf(packages),
    ]),
  );
}

/** Returns the pins that Posy chooses for one target alone, without other targets to align with. */
async function alone({ requirements }: LockSet, python: string, platform: PlatformName): Promise<Answer> {
  try {
    const brief = makeBrief({ requirements, python, platforms: [platform] });
    const [target] = (await posy.resolve(brief, undefined, { anyMachine: true })).targets;
    return pinsOf(target?.packages ?? []);
  } catch (error) {
    const isAnswer = error instanceof PosyError && ["unsatisfiable", "build-failed"].includes(error.code);
    if (isAnswer) return error.message.split("\n", 1)[0] ?? "";
    throw error;
  }
}

function pinsOf(packages: readonly { readonly name: string; readonly version: string }[]): Pins {
  return new Map(packages.map(({ name, version }) => [name, version]));
}
