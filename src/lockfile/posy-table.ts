import type { BlueprintTarget, PinnedBuild } from "../model/index.ts";
import { tagRanksOf } from "../pythons/compatibility/index.ts";
import type { TomlTable } from "../toml/index.ts";
import { openBuildPackages } from "./build-packages-table.ts";
import { chooseFile } from "./choose-file.ts";
import { listsTable } from "./locked-lists.ts";
import { writeInterpreter } from "./interpreter-pin.ts";
import type { LockOptions } from "./from-blueprint/lock-of-blueprint.ts";
import type { LockedPackage } from "./pylock.ts";

/** The version of the format of `[tool.posy]`. */
export const posyTableVersion = 1;

/**
 * Returns `[tool.posy]`: the interpreters, and what is specific to targets: pinned files that differ from the
 * standard's choice, and builds.
 */
export function posyTable(
  targets: readonly BlueprintTarget[],
  names: readonly string[],
  packages: readonly LockedPackage[],
  { fingerprint, folder, lists }: LockOptions,
): TomlTable {
  const pool = openBuildPackages(folder);
  const builds = buildsOf(targets, names, (build) => pool.tableOf(build));
  const buildPackages = pool.entries();
  return {
    version: posyTableVersion,
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(lists === undefined ? {} : listsTable(lists)),
    targets: targets.map((target, index) => {
      const artifacts = unusualFiles(target, packages);
      return {
        name: names[index],
        platform: target.platform,
        ...(Object.keys(artifacts).length === 0 ? {} : { artifacts }),
        python: writeInterpreter(target.python),
      };
    }),
    ...(builds.length === 0 ? {} : { builds }),
    ...(buildPackages.length === 0 ? {} : { "build-packages": buildPackages }),
  };
}

/** Returns the pinned files that differ from the standard's choice, by package. */
function unusualFiles({ python, packages: pins }: BlueprintTarget, packages: readonly LockedPackage[]) {
  // No machine is passed: the meaning of a lock must not depend on where it is read.
  const ranks = tagRanksOf(python);
  const unusual: Record<string, string> = {};
  for (const { name, version, artifact } of pins) {
    const entry = packages.find(
      (candidate) =>
        candidate.name === name && candidate.version === version && candidate.source.kind === "files",
    );
    if (entry?.source.kind !== "files" || artifact.direct === true) continue;
    if (chooseFile(entry.source, ranks)?.name !== artifact.filename) unusual[name] = artifact.filename;
  }
  return unusual;
}

/** Returns how packages are built. Targets that build a package in the same way share an entry. */
function buildsOf(
  targets: readonly BlueprintTarget[],
  names: readonly string[],
  tableOf: (build: PinnedBuild) => TomlTable,
) {
  const builds = new Map<string, { name: string; targets: string[]; build: TomlTable }>();
  for (const [index, { packages }] of targets.entries()) {
    for (const pin of packages) {
      if (pin.build === undefined) continue;
      const build = tableOf(pin.build);
      const key = `${pin.name} ${JSON.stringify(build)}`;
      const entry = builds.get(key) ?? { name: pin.name, targets: [], build };
      builds.set(key, entry);
      entry.targets.push(names[index] ?? "");
    }
  }
  return [...builds.values()]
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .map(({ name, targets: names, build }) => ({ name, targets: names, ...build }));
}
