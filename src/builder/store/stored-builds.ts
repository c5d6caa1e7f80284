import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { BuildKey, BuildResults, FetchedWheel, WheelKey } from "../../remote/index.ts";
import { type Home, textIfThere, writeAtomic } from "../../system/fs/index.ts";
import { parseSha256 } from "../../vocab/hash.ts";
import { parseMetadata } from "../../vocab/metadata/index.ts";
import { type PlatformName, platformNames } from "../../vocab/tags/index.ts";
import { checkFetchedWheel, endMark, findWheel, publishWheel } from "./build-files.ts";
import { portableName, readResults } from "./build-store.ts";

/** A result in the BuildStore that other machines can use. */
export type StoredBuild = {
  /** `markupsafe 2.1.5`. */
  readonly label: string;
} & (
  | {
      readonly kind: "wheel";
      readonly key: WheelKey;
      readonly wheel: FetchedWheel & { readonly path: string };
    }
  | { readonly kind: "results"; readonly key: BuildKey; readonly results: BuildResults }
);

/** Lists the results that were built on this machine, of sources that other machines can have. */
export async function storedBuilds(home: Home): Promise<readonly StoredBuild[]> {
  const builds: StoredBuild[] = [];
  for (const source of await namesIn(home.builds, /^[0-9a-f]{64}$/)) {
    for (const setup of await namesIn(join(home.builds, source), /^[0-9a-f]{32}$/)) {
      const folder = join(home.builds, source, setup);
      const about = await readPortable(folder);
      if (about === undefined) continue;
      const key = { source, setup, platform: about.platform };
      builds.push(...(await wheelsIn(folder, key, about.label, home)));
      for (const name of await namesIn(folder, /^indexes-[0-9a-f]{32}$/)) {
        const ofIndexes = { ...key, indexes: name.slice("indexes-".length) };
        builds.push(...(await wheelsIn(join(folder, name), ofIndexes, about.label, home)));
        const results = await readResults(join(folder, name));
        if (results.size > 0) builds.push({ kind: "results", label: about.label, key: ofIndexes, results });
      }
    }
  }
  return builds;
}

async function wheelsIn(
  folder: string,
  key: BuildKey,
  label: string,
  home: Home,
): Promise<readonly StoredBuild[]> {
  const wheels: StoredBuild[] = [];
  for (const pins of await namesIn(folder, /^[0-9a-f]{32}$/)) {
    const wheel = await findWheel(join(folder, pins), home);
    if (wheel === undefined) continue;
    wheels.push({
      kind: "wheel",
      label,
      key: { ...key, pins },
      wheel: { ...wheel, sha256: parseSha256(wheel.sha256) },
    });
  }
  return wheels;
}

/** Whether the BuildStore has a wheel. */
export async function hasStoredWheel(key: WheelKey, home: Home): Promise<boolean> {
  return (await findWheel(join(folderOf(key, home), key.pins), home)) !== undefined;
}

/**
 * Moves a fetched wheel into the BuildStore, as if it had been built here. Throws `invalid-wheel`, `invalid-metadata`
 * or `invalid-filename` if it is no wheel of that name and version.
 */
export async function keepStoredWheel(
  key: WheelKey,
  { path, filename, sha256 }: FetchedWheel & { readonly path: string },
  home: Home,
): Promise<void> {
  const { name, version } = await checkFetchedWheel(path, filename);
  await publishWheel(join(folderOf(key, home), key.pins), path, { filename, sha256 }, home);
  await writePortable(key, `${name} ${version.text}`, home);
}

/** Writes fetched results into the BuildStore, beside those that are there. Returns the number of new files. */
export async function keepStoredResults(key: BuildKey, results: BuildResults, home: Home): Promise<number> {
  const folder = folderOf(key, home);
  const there = await readResults(folder);
  let [count, label] = [0, ""];
  for (const [name, text] of results) {
    if (name === "METADATA") {
      const metadata = parseMetadata(text);
      label = `${metadata.name} ${metadata.version.text}`;
    }
    if (there.has(name)) continue;
    await mkdir(folder, { recursive: true });
    await writeAtomic(join(folder, name), name === "METADATA" ? text + endMark : text);
    count += 1;
  }
  if (count > 0) await writePortable(key, label, home);
  return count;
}

function folderOf({ source, setup, indexes }: BuildKey, home: Home): string {
  const folder = join(home.builds, source, setup);
  return indexes === undefined ? folder : join(folder, `indexes-${indexes}`);
}

async function writePortable(
  { source, setup, platform }: BuildKey,
  label: string,
  home: Home,
): Promise<void> {
  const folder = join(home.builds, source, setup);
  if ((await readPortable(folder)) !== undefined) return;
  const [name = "", version = ""] = label.split(" ");
  await writeAtomic(join(folder, portableName), JSON.stringify({ name, version, python: { platform } }));
}

async function readPortable(
  folder: string,
): Promise<{ readonly label: string; readonly platform: PlatformName } | undefined> {
  try {
    const { name, version, python } = JSON.parse((await textIfThere(join(folder, portableName))) ?? "") as {
      readonly name?: string;
      readonly version?: string;
      readonly python?: { readonly platform?: string };
    };
    const platform = platformNames.find((each) => each === python?.platform);
    return platform && { label: `${name} ${version}`.trim(), platform };
  } catch {
    return undefined;
  }
}

async function namesIn(folder: string, pattern: RegExp): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => pattern.test(name)).sort();
}
