import { access, constants, readdir, stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cacheSize, plainIndexSettings } from "../../packages/index.ts";
import { openPosy } from "../../posy.ts";
import type { OperationContext } from "../../settings/index.ts";
import {
  entryState,
  errnoOf,
  exists,
  type Home,
  isTrusted,
  openHome,
  risksOfStore,
} from "../../system/fs/index.ts";
import { type Finding, findingsOf } from "./finding.ts";

const { ok, note, problem } = findingsOf("store");

/** Below this much free space (1 GiB), the next larger package may not fit. */
const leastSpace = 2 ** 30;

/** Checks the folders of the store and the cache: whether they can be written, their sizes, and the space left. */
export async function checkStore(context: OperationContext): Promise<readonly Finding[]> {
  const { environment, cwd, reporter } = context;
  const home = openHome(environment);
  const findings: Finding[] = [];
  for (const [name, folder] of [
    ["store", home.data],
    ["cache", home.cache],
  ] as const) {
    findings.push(await writable(name, folder));
  }
  const { findings: owners, isRefused } = await ownerFindings(home, environment);
  findings.push(...owners);
  // Posy does not open a store that it refuses.
  if (isRefused) return findings;
  const posy = await openPosy({ index: plainIndexSettings, reporter, environment, cwd, home });
  const { tmp, ...forest } = await posy.forest.size();
  const cache = Object.values(await cacheSize(home));
  const sum = (sizes: readonly { readonly bytes: number }[]) =>
    size(sizes.reduce((total, { bytes }) => total + bytes, 0));
  findings.push(
    ok(
      `${forest.pythons.entries} Pythons, ${forest.wheels.entries} wheels and ${forest.envs.entries} environments ` +
        `with ${sum(Object.values(forest))}; ${sum(cache)} in the cache`,
    ),
  );
  if (tmp.bytes > leastSpace) {
    findings.push(
      note(
        `interrupted runs left ${size(tmp.bytes)} behind`,
        "`posy cache clean` removes it; a later run does, too",
      ),
    );
  }
  return findings;
}

/** Returns who else can change what is in the stores, and whether Posy refuses to use them for this reason. */
async function ownerFindings(home: Home, environment: NodeJS.ProcessEnv) {
  const findings: Finding[] = [];
  let isRefused = false;
  for (const store of [home, ...home.shared]) {
    const name = store === home ? "store" : "shared store";
    const trusted = isTrusted(store, environment);
    if (store !== home) findings.push(await sharedFinding(store));
    for (const { path, why, isTolerable } of risksOfStore(store)) {
      const text = `${name}: other users can change it by \`${path}\`: ${why}`;
      if (trusted) findings.push(note(`${text}; POSY_TRUSTED_STORES allows it`));
      else
        findings.push(
          problem(text, "change the owner or the mode, or name the store in POSY_TRUSTED_STORES"),
        );
      isRefused ||= !trusted && !isTolerable && !environment["CI"] && process.geteuid?.() === 0;
    }
  }
  return { findings, isRefused };
}

/** Says what a shared store has, and whether users have to verify it. */
async function sharedFinding({ data, pythons, wheels, envs }: Home): Promise<Finding> {
  if (!(await exists(data))) {
    return problem(`shared store: \`${data}\` does not exist`, "correct or unset `POSY_SHARED_STORES`");
  }
  const [pythonNames, wheelNames, envNames] = await Promise.all(
    [pythons, wheels, envs].map(async (folder) => readdir(folder).catch(() => [])),
  );
  const entries = [
    ...(pythonNames ?? []).map((name) => join(pythons, name)),
    ...(wheelNames ?? []).map((name) => join(wheels, name)),
  ];
  const unsettled = entries.filter((path) => entryState(path) !== "settled").length;
  const counts = `${pythonNames?.length} Pythons, ${wheelNames?.length} wheels and ${envNames?.length} environments`;
  const text = `shared store: \`${data}\` with ${counts}`;
  return unsettled === 0
    ? ok(text)
    : note(
        `${text}, of which ${unsettled} entries are not settled: after a restart, each user hashes them once`,
        "its owner settles them with `posy cache verify`",
      );
}

async function writable(name: string, folder: string): Promise<Finding> {
  const hint = `check who owns it, or set POSY_HOME to a folder of yours`;
  const nearest = await nearestExisting(folder);
  try {
    const status = await stat(nearest);
    if (!status.isDirectory()) {
      return problem(`${name}: \`${nearest}\` is a file, not a folder`, "move it away, or set POSY_HOME");
    }
    await access(nearest, constants.W_OK | constants.X_OK);
  } catch (error) {
    const why = errnoOf(error) === "EROFS" ? "is on a read-only file system" : "can't be written";
    return problem(`${name}: \`${nearest}\` ${why}`, hint);
  }
  const { bavail, bsize } = await statfs(nearest);
  const free = bavail * bsize;
  const text = `${name}: \`${folder}\`${nearest === folder ? "" : " (not made yet)"}, ${size(free)} free`;
  return free < leastSpace
    ? problem(
        text,
        "free some space (`posy cache clean` empties the store), or set POSY_HOME to another disk",
      )
    : ok(text);
}

async function nearestExisting(folder: string): Promise<string> {
  let nearest = folder;
  while (!(await exists(nearest)) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  return nearest;
}

function size(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  return `${(bytes / 1000 ** step).toFixed(step === 0 ? 0 : 1)} ${units[step]}`;
}
