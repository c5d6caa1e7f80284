import { basename, dirname, resolve } from "node:path";
import {
  type ApplicationScript,
  type ApplicationTree,
  type EntryPoint,
  parseEntryPoint,
  planApplication,
  requireMovable,
} from "../../application/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import type { Blueprint, BlueprintTarget } from "../../model/index.ts";
import type { Posy } from "../../posy.ts";
import type { Project } from "../../project/index.ts";
import { type AskedOptions, type OperationContext, type ProjectOptions, warn } from "../../settings/index.ts";
import { readNamedText } from "../../system/fs/index.ts";
import { parseRequirement } from "../../vocab/requirement/index.ts";
import { openSelection } from "../export/open-selection.ts";
import { applicationBlueprint } from "./application-blueprint.ts";
import { billOfMaterials } from "./bill-of-materials.ts";
import { withoutEditablePins } from "./without-editable-pins.ts";

/** The options that say what an application consists of. */
export type ApplicationOptions = AskedOptions &
  ProjectOptions & {
    /** Further programs: `NAME=module:function`. */
    readonly entryPoint?: readonly string[];
    /** Only the interpreter, without packages. */
    readonly pythonOnly?: true;
    /** Only the packages, without an interpreter. Then `pythonVersion` may describe one. */
    readonly packagesOnly?: true | undefined;
  };

/** An application for each platform, planned from files in the store. Close it when they are written. */
export interface OpenedApplication extends AsyncDisposable {
  /** One per platform, in the order in which they were asked for. */
  readonly trees: readonly ApplicationTree[];
  /** The name of the project, the script, or the first requirement. */
  readonly name: string;
  /** The version of the project, or of the package that has the name. */
  readonly version: string | undefined;
  /** The project or script that it is made from. */
  readonly project: Project | undefined;
  /** What it was planned from: one target per platform, with no editable packages. */
  readonly blueprint: Blueprint;
  /** The bill of materials: CycloneDX in JSON. */
  readonly sbom: string;
  readonly posy: Posy;
}

/**
 * Plans the applications that options describe: from the block of a script, from a lock file, from the project that
 * `context.cwd` is in, else from requirements. It puts all interpreters and wheels into the store and runs none of
 * them, so `--platform` may name any platform. Throws `usage` if there is nothing to make an application of, `no-wheel`
 * for a package without a wheel for a platform, and what resolving throws.
 */
export async function openApplication(
  requirements: readonly string[],
  options: ApplicationOptions,
  context: OperationContext,
): Promise<OpenedApplication> {
  const { pythonOnly, script } = options;
  const entryPoints = (options.entryPoint ?? []).map(parseEntryPoint);
  refuseContradictions(requirements, options, entryPoints);
  const selection = await openSelection(
    requirements,
    options,
    { allowsNothing: pythonOnly, nothing: nothingToShip },
    context,
  );
  try {
    const { posy, settings } = selection;
    const found = await applicationBlueprint(selection, options, context.cwd);
    const kept = pythonOnly ? withoutPackages(found.blueprint) : found.blueprint;
    const blueprint = await withoutEditablePins(kept, settings.brief, posy);
    const project = selection.project?.project;
    const leavesOut = pythonOnly === true || options.noInstallProject === true;
    if (project !== undefined && !project.isPackage && !project.isScript && !leavesOut)
      warnOfModules(project, context);
    const added = pythonOnly || script === undefined ? undefined : await scriptOf(script, context.cwd);
    const trees: ApplicationTree[] = [];
    for (const target of blueprint.targets)
      trees.push(await planned(target, entryPoints, added, options, posy, context));
    const name = nameOf(project, requirements, blueprint, options);
    return {
      trees,
      name,
      version: project?.version?.text ?? versionOf(blueprint, name),
      project,
      blueprint,
      sbom: await billOfMaterials({ ...found, blueprint }, context.cwd, posy),
      posy,
      [Symbol.asyncDispose]: () => selection[Symbol.asyncDispose](),
    };
  } catch (error) {
    await selection[Symbol.asyncDispose]();
    throw error;
  }
}

async function planned(
  target: BlueprintTarget,
  entryPoints: readonly EntryPoint[],
  script: ApplicationScript | undefined,
  { packagesOnly }: ApplicationOptions,
  posy: Posy,
  context: OperationContext,
): Promise<ApplicationTree> {
  // `planApplication` does so, too; here nothing is downloaded before.
  if (!packagesOnly) requireMovable(target.python);
  const stored = packagesOnly
    ? { wheels: await posy.forest.storeWheels(target) }
    : await posy.forest.store(target);
  return planApplication({
    target,
    stored,
    entryPoints,
    script,
    warn: (message) => context.reporter.report({ kind: "warning", message, key: message }),
  });
}

function withoutPackages(blueprint: Blueprint): Blueprint {
  return { ...blueprint, targets: blueprint.targets.map((target) => ({ ...target, packages: [] })) };
}

async function scriptOf(
  script: NonNullable<ProjectOptions["script"]>,
  cwd: string,
): Promise<ApplicationScript> {
  const path = typeof script === "string" ? resolve(cwd, script) : script.path;
  const text = typeof script === "string" ? await readNamedText(path) : script.text;
  return { name: stemOf(path), text };
}

function stemOf(path: string): string {
  return basename(path).replace(/\.pyw?$/i, "");
}

function nameOf(
  project: Project | undefined,
  requirements: readonly string[],
  { targets }: Blueprint,
  { pythonOnly, requirements: files }: ApplicationOptions,
): string {
  if (pythonOnly) return "python";
  if (project?.isScript) return stemOf(project.path);
  if (project !== undefined) return project.name ?? basename(project.folder);
  const [first] = requirements;
  const names = new Set(targets.flatMap(({ packages }) => packages.map(({ name }) => name)));
  const typed = first === undefined ? undefined : nameOfRequirement(first);
  if (typed !== undefined && names.has(typed)) return typed;
  const [requested] = targets.flatMap(({ packages }) => packages.filter((pin) => pin.requested));
  return (
    requested?.name ??
    (files?.[0] === undefined ? "application" : basename(dirname(files[0])) || "application")
  );
}

function nameOfRequirement(text: string): string | undefined {
  try {
    return parseRequirement(text).name;
  } catch {
    return undefined;
  }
}

function versionOf({ targets: [first] }: Blueprint, name: string): string | undefined {
  return name === "python"
    ? first?.python.version
    : first?.packages.find((pin) => pin.name === name)?.version;
}

/** Warns that the modules of a project without a build system are not in the application. */
export function warnOfModules({ folder }: Project, context: OperationContext): void {
  warn(
    context,
    `the project \`${basename(folder)}\` is not a package, so its own modules are not in the application: add a \`[build-system]\` to its \`pyproject.toml\``,
  );
}

function refuseContradictions(
  requirements: readonly string[],
  {
    pythonOnly,
    packagesOnly,
    script,
    requirements: files = [],
    pythonVersion,
    entryPoint = [],
  }: ApplicationOptions,
  entryPoints: readonly EntryPoint[],
): void {
  const refuse = (message: string, hint: string) => {
    throw new PosyError("usage", message, { hint });
  };
  if (pythonVersion !== undefined && !packagesOnly)
    refuse(
      "an application needs an interpreter, and `--python-version` only describes one",
      "use `--python`",
    );
  if (pythonOnly && packagesOnly)
    refuse("`--python-only` and `--target` exclude each other", "leave out one of them");
  if (pythonOnly && requirements.length + files.length + entryPoint.length > 0)
    refuse("`--python-only` leaves out all packages", "leave out the requirements, or the option");
  if (script !== undefined && requirements.length + files.length > 0)
    refuse("a script has its own requirements", "`posy add --script` adds to them");
  const names = entryPoints.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) refuse(`there are two entry points \`${twice}\``, "give one of them another name");
}

function nothingToShip(): PosyError {
  return new PosyError("usage", "there is nothing to make an application of", {
    hint: "in a project it is the project; elsewhere name requirements, a lock file (`-r pylock.toml`) or a script (`--script`)",
  });
}
