import type { Posy } from "../../posy.ts";
import { PosyError } from "../../errors/posy-error.ts";
import type { HeldBack } from "../../resolve/index.ts";
import {
  type LockedEnv,
  type Outdated,
  outdatedPackages,
  type OutdatedTarget,
} from "../outdated/outdated-packages.ts";
import { parseRequirement } from "../../vocab/requirement/index.ts";
import { compareVersions, parseVersion } from "../../vocab/version/index.ts";
import type { Upgraded } from "./propose-upgrade.ts";

type OpenEnv = LockedEnv & { readonly posy: Posy };

/**
 * Returns the packages among `names` that are still outdated after an upgrade, with reasons. Bounds that it wrote do
 * not count as reasons.
 */
export async function explainOutdated(
  { locks, asked, opened }: Pick<Upgraded, "locks" | "asked" | "opened">,
  names: ReadonlySet<string>,
): Promise<readonly Outdated[]> {
  const envs = await openEnvs({ locks, asked, opened });
  const rows = await outdatedPackages(envs, names);
  return Promise.all(rows.map((row) => explained(row, envs)));
}

/** Returns the environments as they are locked now, with the Briefs that were resolved to find the newest versions. */
export async function openEnvs({
  locks,
  asked,
  opened,
}: Pick<Upgraded, "locks" | "asked" | "opened">): Promise<readonly OpenEnv[]> {
  const envs: OpenEnv[] = [];
  for (const { env, job, outcome } of locks) {
    const posy = await opened.posy(await opened.settings(env));
    const { blueprint } = outcome;
    const { db, machine } = posy;
    const { brief } = asked.find((each) => each.env === env)?.job ?? job;
    envs.push({ env, brief, before: blueprint, after: blueprint, db, machine, posy });
  }
  return envs;
}

/** Explains a row. If the package alone shows no reason, the whole environment is resolved with its newest version. */
async function explained(row: Outdated, envs: readonly OpenEnv[]): Promise<Outdated> {
  const targets: OutdatedTarget[] = [];
  for (const target of row.targets) {
    const env = envs.find(({ env: name }) => name === target.env);
    const open = target.heldBack.some(({ kind }) => kind === "other");
    // One target is enough, since each costs a resolution.
    const isExplained = targets.some(({ heldBack }) => heldBack.some(({ kind }) => kind === "conflict"));
    if (!open || isExplained || env === undefined) targets.push(target);
    else targets.push({ ...target, heldBack: [await conflictOf(row, target, env)] });
  }
  return { ...row, targets };
}

async function conflictOf(
  { name, newest }: Outdated,
  { platform, python }: OutdatedTarget,
  { brief, before, posy }: OpenEnv,
): Promise<HeldBack> {
  const locked = before.targets.find(
    (target) => target.platform === platform && target.python.version === python,
  );
  if (locked === undefined) return { kind: "other" };
  const pinned = { requirement: parseRequirement(`${name}==${newest}`), origin: "" };
  try {
    const withNewest = {
      ...brief,
      platforms: [locked.platform],
      requirements: [...brief.requirements, pinned],
    };
    const { targets } = await posy.resolve(withNewest, before, { anyMachine: true });
    const others = new Map(targets[0]?.packages.map((pin) => [pin.name, pin.version]));
    const older = locked.packages.flatMap((pin) => {
      const version = others.get(pin.name);
      if (version === undefined || compareVersions(parseVersion(version), parseVersion(pin.version)) >= 0)
        return [];
      return [`\`${pin.name} ${version}\` instead of ${pin.version}`];
    });
    return older.length === 0
      ? { kind: "other" }
      : { kind: "conflict", says: `it needs ${older.join(", ")}` };
  } catch (error) {
    if (!(error instanceof PosyError) || error.code !== "unsatisfiable") throw error;
    // The first line says that there is no answer.
    const [, ...lines] = error.message.split("\n");
    return { kind: "conflict", says: lines.map((line) => line.trim()).join(", ") };
  }
}
