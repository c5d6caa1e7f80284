/**
 * The public API of Posy for programs.
 *
 *     const posy = await openPosy();
 *     const blueprint = await posy.resolve(makeBrief({ python: ">=3.10", requirements: ["numpy", "trio"] }));
 *     const env = await posy.grow(blueprint);
 *     spawn(env.python, ["-c", "import numpy"], { env: { ...process.env, ...env.envVars(process.env) } });
 *
 * `openPosy` turns a Brief (what you ask for) into a Blueprint (the resolved answer) and that into an Env (an
 * environment). `openProject` and the operations (`add`, `lock`, `tree`, …) do to a project what the commands of the
 * same names do. `installPythons`, `pinPython` and similar operations do what the commands of `posy python` do.
 * examples/embed.ts shows the first, examples/project.ts the second.
 */
export * from "./operations/index.ts";
export type { OperationContext } from "./settings/context.ts";
export type { Blueprint, BlueprintTarget, PackagePin, PinnedArtifact } from "./model/blueprint.ts";
export type { Brief, BriefRequirement, PrereleaseMode } from "./model/brief.ts";
export { formatBlueprint } from "./model/format-blueprint.ts";
export { type BriefOptions, makeBrief } from "./model/make-brief.ts";
export { parseBlueprint } from "./model/parse-blueprint.ts";
export { openPosy, type Posy, type PosyOptions } from "./posy.ts";
export type { ErrorCode } from "./errors/codes.ts";
export { PosyError, type Span } from "./errors/posy-error.ts";
export type { ListedPython } from "./pythons/discover/list-pythons.ts";
export type { StoredPython } from "./pythons/discover/stored-pythons.ts";
export type { Env } from "./forest/envs/env.ts";
export type { EnvForest } from "./forest/env-forest.ts";
export { openForest } from "./forest/open-forest.ts";
export type { Artifact } from "./model/artifact.ts";
export type { IndexLocation, IndexSettings } from "./packages/index-settings.ts";
export { plainIndexSettings } from "./packages/index-settings.ts";
export { openPackageDB, type PackageDBOptions } from "./packages/open-package-db.ts";
export type { PackageDB, Project, Release } from "./packages/package-db.ts";
export type { Interpreter, InterpreterSource, PybiPaths } from "./model/interpreter.ts";
export { type PosyEvent, type Reporter, silentReporter, type Stage } from "./report/reporter.ts";
export type { Counted, Phase, TimingNotes, Timings } from "./report/timings.ts";
export { type Home, homeAt, openHome } from "./system/fs/home.ts";
export { type Machine, thisMachine } from "./system/machine/machine.ts";
export { type PlatformName, platformNames } from "./vocab/tags/platform-name.ts";
