import type { Blueprint, BlueprintTarget } from "./model/blueprint.ts";
import type { Brief } from "./model/brief.ts";
import type { ProjectJob } from "./builder/build-project.ts";
import type { Builder } from "./builder/open-builder.ts";
import { PosyError } from "./errors/posy-error.ts";
import type { Env } from "./forest/envs/env.ts";
import type { EnvForest } from "./forest/env-forest.ts";
import { lazyForest } from "./forest/lazy-forest.ts";
import {
  searchedIndexes,
  readIndexConfiguration,
} from "./packages/configuration/read-index-configuration.ts";
import { type IndexSettings, placesOf } from "./packages/index-settings.ts";
import { openPackageDB } from "./packages/open-package-db.ts";
import type { PackageDB } from "./packages/package-db.ts";
import { findInterpreters } from "./pythons/discover/find-interpreters.ts";
import type { Interpreter } from "./model/interpreter.ts";
import { interpreterDownload } from "./pythons/discover/interpreter-download.ts";
import type { PythonsContext } from "./pythons/pythons-context.ts";
import { parsePythonRequest } from "./model/python-request.ts";
import { openStandalone } from "./pythons/standalone/open-standalone.ts";
import { readPythonMirror, withMirrorCredentials } from "./pythons/standalone/python-mirror.ts";
import { redactingReporter } from "./report/redacting-reporter.ts";
import { type Reporter, silentReporter } from "./report/reporter.ts";
import { resolve } from "./resolve/resolve.ts";
import { resolveFromLock } from "./resolve/resolve-from-lock.ts";
import type { ResolveContext, Sources } from "./resolve/resolve-context.ts";
import { type Home, openHome } from "./system/fs/home.ts";
import { type Machine, thisMachine } from "./system/machine/machine.ts";
import type { PlatformName } from "./vocab/tags/platform-name.ts";

export interface PosyOptions {
  /** Where store and cache are: `openHome()` without it. */
  readonly home?: Home;
  /** Where packages come from: what is configured for pip and uv on this machine without it. */
  readonly index?: IndexSettings;
  /** Indexes of pybis (`--python-index`): URLs or folders, before the built-in catalogue. */
  readonly pythonIndexes?: readonly string[];
  /** Where python-build-standalone is taken from: a URL, a folder, `default`, `off`; what the variables say without it. */
  readonly pythonMirror?: string | undefined;
  readonly reporter?: Reporter;
  /** `process.env` without it. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Relative paths and configuration files are looked up from here: `process.cwd()` without it. */
  readonly cwd?: string;
  /** Texts of files as they are going to be, by their absolute paths: a project that is not written yet. */
  readonly unwritten?: ReadonlyMap<string, string>;
}

export interface ResolveOptions {
  /** For any machine of each platform, not for what this one is besides: a lock must not depend on who makes it. */
  readonly anyMachine?: boolean;
}

/** The steps from a Brief to an Env, over one store. */
export interface Posy extends AsyncDisposable {
  readonly home: Home;
  readonly machine: Machine;
  readonly db: PackageDB;
  readonly forest: EnvForest;
  readonly pythons: PythonsContext;
  /** The interpreters that a request allows on a platform, best first. */
  interpreters(request: string | undefined, platform: PlatformName): Promise<readonly Interpreter[]>;
  /** The Brief with names for what it names by place alone: each is looked at there. */
  named(brief: Brief): Promise<Brief>;
  /** What is no wheel, read and pinned as the Brief has builds done: for what is locked elsewhere. */
  sources(brief: Brief): Sources;
  /** Brief → Blueprint. Throws `unsatisfiable`, `unknown-package`, `no-interpreter`, … */
  resolve(brief: Brief, preferences?: Blueprint, options?: ResolveOptions): Promise<Blueprint>;
  /** The answer that an earlier one has for a Brief, any machine's, without asking an index; undefined where it has none. */
  resolveFromLock(brief: Brief, earlier: Blueprint): Promise<Blueprint | undefined>;
  /** Blueprint → Env, for this machine's target of it. Throws `no-interpreter` where it has none. */
  grow(blueprint: Blueprint): Promise<Env>;
  /** Builds a project's own distributions; the Brief says how builds are done. Returns their paths. */
  buildProject(job: ProjectJob, brief: Brief): Promise<readonly string[]>;
  /** Ends background work. */
  close(): Promise<void>;
}

/**
 * The one place where the rooms meet:
 *
 *                 Brief                       Blueprint                      Env
 *                   │                             │                           │
 *                   ▼                             ▼                           ▼
 *               resolve() ──────────────▶ forest.grow() ───────────▶ env.python, envVars()
 *               │       │                 │           │
 *               ▼       ▼                 ▼           ▼
 *      interpreters()   PackageDB ◀── fetch(…)   placeInterpreter()
 *      catalogue, pybi  pages, metadata          an archive becomes a pybi tree
 *      indexes, adopted
 */
export async function openPosy(options: PosyOptions = {}): Promise<Posy> {
  const environment = options.environment ?? process.env;
  const cwd = options.cwd ?? process.cwd();
  const home = options.home ?? openHome(environment);
  const reporter = redactingReporter(options.reporter ?? silentReporter);
  const [machine, configured] = await Promise.all([
    thisMachine(),
    options.index ?? configuredIndex(environment, cwd),
  ]);
  const { pythonMirror } = options;
  const mirror = readPythonMirror({
    option: pythonMirror,
    environment,
    configured: configured.pythonMirror,
    cwd,
  });
  const index = withMirrorCredentials(configured, mirror);
  const db = openPackageDB({ home, index, reporter, environment });
  const standalone = openStandalone(mirror, { home, index, environment, reporter });
  const download = (python: Interpreter) => interpreterDownload(python, standalone);
  const forest = lazyForest(async () => {
    const [{ openForest }, { extractInterpreter: placeInterpreter }] = await Promise.all([
      import("./forest/open-forest.ts"),
      import("./pythons/extract/extract-interpreter.ts"),
    ]);
    return openForest({
      home,
      db,
      reporter,
      placeInterpreter,
      interpreterDownload: download,
      // Growing may have to build, and building has to grow.
      builder: { wheel: async (pin, target) => (await builder()).wheels.wheel(pin, target) },
    });
  });
  const pythons: PythonsContext = {
    home,
    db,
    reporter,
    machine,
    environment,
    pythonIndexes: options.pythonIndexes ?? [],
    standalone,
    offline: index.offline,
  };
  const interpreters = (request: string | undefined, platform: PlatformName) =>
    findInterpreters(request === undefined ? undefined : parsePythonRequest(request), platform, pythons);
  let opened: Promise<Builder> | undefined;
  // Loaded when something is no wheel: mostly nothing is.
  const builder = () =>
    (opened ??= import("./builder/open-builder.ts").then(({ openBuilder }) =>
      openBuilder({
        home,
        db,
        forest,
        machine,
        reporter,
        environment,
        interpreters,
        places: placesOf(index),
        offline: index.offline,
        refresh: index.refresh === true,
        ...(options.unwritten && { unwritten: options.unwritten }),
      }),
    ));
  const sourcesFor = (brief: Brief): Sources => ({
    direct: async (url, name, python) => (await builder()).sources(brief).direct(url, name, python),
    metadata: async (source, python) => (await builder()).sources(brief).metadata(source, python),
    prefetch: async (source, python) => (await builder()).sources(brief).prefetch?.(source, python),
    build: async (source, python) => (await builder()).sources(brief).build(source, python),
    retry: async () => (await (await opened)?.sources(brief).retry?.()) ?? false,
  });
  const named = async (brief: Brief): Promise<Brief> =>
    brief.sources?.length ? (await builder()).named(brief) : brief;
  const contextOf = (brief: Brief, anyMachine: boolean): ResolveContext => ({
    db,
    machine: anyMachine ? { ...machine, platformTags: [] } : machine,
    reporter,
    interpreters,
    sources: sourcesFor(brief),
  });
  const close = async (): Promise<void> => {
    await (await opened)?.close();
    await db.close();
  };
  return {
    home,
    machine,
    db,
    forest,
    pythons,
    interpreters,
    named,
    sources: sourcesFor,
    async resolve(asked, preferences, { anyMachine = false } = {}) {
      const brief = await named(asked);
      const context = contextOf(brief, anyMachine);
      return resolve(brief, { ...context, ...(preferences && { preferences }) });
    },
    async resolveFromLock(asked, earlier) {
      if (index.refresh !== undefined && index.refresh !== false) return undefined;
      const brief = await named(asked);
      return resolveFromLock(brief, earlier, contextOf(brief, true));
    },
    grow: (blueprint) => forest.grow(targetOf(blueprint, machine)),
    buildProject: async (job, brief) => (await builder()).project(job, brief),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function configuredIndex(environment: NodeJS.ProcessEnv, cwd: string): Promise<IndexSettings> {
  const configuration = await readIndexConfiguration({ environment, cwd });
  return { ...configuration, indexes: await searchedIndexes(configuration) };
}

function targetOf(blueprint: Blueprint, machine: Machine): BlueprintTarget {
  const target = blueprint.targets.find(({ platform }) => platform === machine.platform);
  if (target) return target;
  const has = blueprint.targets.map(({ platform }) => `\`${platform}\``).join(", ") || "none";
  throw new PosyError(
    "no-interpreter",
    `the blueprint has no target for this machine, \`${machine.platform}\``,
    {
      hint: `it has ${has}: resolve again with \`--platform ${machine.platform}\``,
    },
  );
}
