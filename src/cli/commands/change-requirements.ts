import { readFile } from "node:fs/promises";
import { basename, relative } from "node:path";
import type { Blueprint } from "../../blueprint/blueprint.ts";
import { PosyError } from "../../errors/posy-error.ts";
import {
  addRequirement,
  listedRequirements,
  removeRequirement,
  type RequirementPlace,
} from "../../project/pyproject/edit-project.ts";
import { parseProject } from "../../project/pyproject/read-project.ts";
import { writeAtomic } from "../../system/files.ts";
import { parsePackageName } from "../../vocab/name.ts";
import { parseRequirement } from "../../vocab/requirement.ts";
import { parseVersion } from "../../vocab/version.ts";
import type { BuildOptions } from "../options/build-options.ts";
import type { PythonOptions } from "../options/brief-options.ts";
import type { IndexOptions } from "../options/index-options.ts";
import { lockProject, writeLock } from "../project/lock-project.ts";
import { neededProject } from "../project/needed-project.ts";
import { settingsOfProject } from "../project/project-settings.ts";
import { openInputs } from "../settings/inputs.ts";
import { lockChanges, renderLockChanges } from "../ui/render-lock-changes.ts";
import { openPosyFor } from "../settings/open-posy-for.ts";
import type { Surroundings } from "./command.ts";

export type ChangeOptions = PythonOptions &
  BuildOptions &
  IndexOptions & { readonly group?: string; readonly extra?: string; readonly json?: true };

/** `posy add`: requirements into the project, a group or an extra, with a lower bound where none is said. */
export async function addCommand(
  texts: readonly string[],
  options: ChangeOptions,
  around: Surroundings,
): Promise<number> {
  const wanted = texts.map((text) => parseRequirement(text));
  const place = placeOf(options);
  return change(options, around, async (text, path, blueprint) => {
    let edited = text;
    for (const requirement of wanted) {
      const bound = blueprint && versionOf(blueprint, requirement.name);
      edited = (await addRequirement(edited, path, place, requirement.text, bound)).text;
    }
    return edited;
  });
}

/** `posy remove`: requirements out of the project, a group or an extra. */
export async function removeCommand(
  names: readonly string[],
  options: ChangeOptions,
  around: Surroundings,
): Promise<number> {
  const place = placeOf(options);
  return change(options, around, async (text, path) => {
    let edited = text;
    for (const name of names) {
      const { text: after, before } = await removeRequirement(edited, path, place, parsePackageName(name));
      if (before.length === 0) throw await notThere(name, edited, path, place);
      edited = after;
    }
    return edited;
  });
}

/** Says where else it is asked for. */
async function notThere(
  name: string,
  text: string,
  path: string,
  place: RequirementPlace,
): Promise<PosyError> {
  const { optionalDependencies, groups } = await parseProject(text, path);
  const others: readonly RequirementPlace[] = [
    { kind: "dependencies" },
    ...[...optionalDependencies.keys()].map((extra) => ({ kind: "extra", name: extra }) as const),
    ...[...groups.keys()].map((group) => ({ kind: "group", name: group }) as const),
  ];
  const wanted = parsePackageName(name);
  const found: string[] = [];
  for (const other of others) {
    const listed = (await listedRequirements(text, path, other)) ?? [];
    if (!listed.some(({ requirement }) => requirement?.name === wanted)) continue;
    found.push(
      other.kind === "dependencies"
        ? "without `--group` and `--extra`"
        : `with \`--${other.kind} ${other.name}\``,
    );
  }
  return new PosyError(
    "not-found",
    `\`${name}\` is not among the ${nounOf(place)} of \`${basename(path)}\``,
    {
      hint: found.length === 0 ? "`posy why` shows by whom it came" : `it is ${found.join(" and ")}`,
    },
  );
}

type Edit = (text: string, path: string, blueprint: Blueprint | undefined) => Promise<string>;

/**
 * Edits `pyproject.toml` and locks every environment by it; both are written when all of it is known to work, so that what can't
 * be resolved leaves everything as it was. The edit is asked twice: what it writes may depend on what was found.
 */
async function change(
  options: ChangeOptions,
  { console, environment, cwd }: Surroundings,
  edit: Edit,
): Promise<number> {
  const inputs = openInputs(environment, cwd);
  const { group: _group, extra: _extra, ...others } = options;
  const { project } = await neededProject(others, inputs);
  const { path } = project;
  const text = await readFile(path, "utf8");
  const lockAll = async (edited: string) => {
    const changed = await parseProject(edited, path);
    const locks = [];
    for (const env of changed.envs.keys()) {
      const settings = await settingsOfProject(changed, { ...others, env }, openInputs(environment, cwd));
      const { lockPath, locked } = settings;
      const posy = await openPosyFor(settings, { console, environment, cwd });
      const job = { brief: locked, path: lockPath, folder: changed.folder, upgrade: false };
      try {
        locks.push({ job, outcome: await lockProject(job, posy) });
      } finally {
        await posy.close();
      }
    }
    return locks;
  };
  const first = await edit(text, path, undefined);
  const found = await lockAll(first);
  const last = await edit(text, path, merged(found.map(({ outcome }) => outcome.blueprint)));
  // Bounds that were just found hold for what was just found: nothing is resolved to something else.
  const locks = last === first ? found : await lockAll(last);
  await writeAtomic(path, last);
  for (const { job, outcome } of locks) await writeLock(job, outcome);
  console.reporter.finish();
  const told = locks.map(({ job, outcome }) => ({ path: job.path, changes: lockChanges(outcome) }));
  if (options.json) console.print(`${JSON.stringify(told, undefined, 2)}\n`);
  else {
    for (const { job, outcome } of locks) {
      console.print(renderLockChanges(relative(cwd, job.path) || job.path, outcome, lockChanges(outcome)));
    }
  }
  return 0;
}

function placeOf({ group, extra }: ChangeOptions): RequirementPlace {
  if (group !== undefined && extra !== undefined) {
    throw new PosyError("usage", "`--group` and `--extra` can't both be said", {
      hint: "do it once for each",
    });
  }
  if (group !== undefined) return { kind: "group", name: group };
  return extra === undefined ? { kind: "dependencies" } : { kind: "extra", name: extra };
}

function nounOf(place: RequirementPlace): string {
  if (place.kind === "dependencies") return "dependencies";
  return place.kind === "group"
    ? `dependencies of the group \`${place.name}\``
    : `dependencies of the extra \`${place.name}\``;
}

function merged(blueprints: readonly Blueprint[]): Blueprint {
  return { blueprintVersion: 1, targets: blueprints.flatMap(({ targets }) => targets) };
}

/** The lowest that any target got: the bound has to let all of them be. */
function versionOf({ targets }: Blueprint, name: string): string | undefined {
  const versions = targets.flatMap(({ packages }) =>
    packages.filter((pin) => pin.name === name).map(({ version }) => parseVersion(version)),
  );
  versions.sort((a, b) => (a.order < b.order ? -1 : 1));
  // `==` takes a local version's public one, `>=` takes none.
  return versions[0]?.text.replace(/\+.*$/, "");
}
