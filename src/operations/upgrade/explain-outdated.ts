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

/** The packages among `names` that an upgrade leaves behind the newest version, and why. Bounds that it wrote itself are no reason. */
export async function explainOutdated(
  { locks, asked, opened }: Upgraded,
  names: ReadonlySet<string>,
): Promise<readonly Outdated[]> {
  const envs: OpenEnv[] = [];
  for (const { env, job, outcome } of locks) {
    const posy = await opened.posy(await opened.settings(env));
    const { blueprint } = outcome;
    const { db, machine } = posy;
    const { brief } = asked.find((each) => each.env === env)?.job ?? job;
    envs.push({ env, brief, before: blueprint, after: blueprint, db, machine, posy });
  }
  const rows = (await outdatedPackages(envs)).filter(({ name }) => names.has(name));
  return Promise.all(rows.map((row) => explained(row, envs)));
}

/** Where looking at the package alone finds nothing, the whole is asked. */
async function explained(row: Outdated, envs: readonly OpenEnv[]): Promise<Outdated> {
  const targets: OutdatedTarget[] = [];
  for (const target of row.targets) {
    const env = envs.find(({ env: name }) => name === target.env);
    const open = target.heldBack.some(({ kind }) => kind === "other");
    // One target stands for all: each has to be resolved for.
    const told = targets.some(({ heldBack }) => heldBack.some(({ kind }) => kind === "conflict"));
    if (!open || told || env === undefined) targets.push(target);
    else targets.push({ ...target, heldBack: [await conflictOf(row, target, env)] });
  }
  return { ...row, targets };
}

async function conflictOf(
  { name, newest }: Outdated,
  { platform, python }: OutdatedTarget,
  { brief, before, posy }: OpenEnv,
): Promise<HeldBack> {
  const own = before.targets.find((each) => each.platform === platform && each.python.version === python);
  if (own === undefined) return { kind: "other" };
  const pinned = { requirement: parseRequirement(`${name}==${newest}`), origin: "" };
  try {
    const asked = { ...brief, platforms: [own.platform], requirements: [...brief.requirements, pinned] };
    const { targets } = await posy.resolve(asked, before, { anyMachine: true });
    const others = new Map(targets[0]?.packages.map((pin) => [pin.name, pin.version]));
    const older = own.packages.flatMap((pin) => {
      const version = others.get(pin.name);
      if (version === undefined || compareVersions(parseVersion(version), parseVersion(pin.version)) >= 0)
        return [];
      return [`\`${pin.name} ${version}\` instead of ${pin.version}`];
    });
    return older.length === 0
      ? { kind: "other" }
      : { kind: "conflict", says: `it goes with ${older.join(", ")} only` };
  } catch (error) {
    if (!(error instanceof PosyError) || error.code !== "unsatisfiable") throw error;
    // The first line says that there is no answer.
    const [, ...lines] = error.message.split("\n");
    return { kind: "conflict", says: lines.map((line) => line.trim()).join(", ") };
  }
}
