import type { Blueprint, BlueprintTarget, PackagePin } from "./model/blueprint.ts";
import type { Brief } from "./model/brief.ts";
import type { Builder, ProjectJob } from "./builder/index.ts";
import { PosyError } from "./errors/posy-error.ts";
import type { Env } from "./forest/envs/env.ts";
import type { EnvForest } from "./forest/env-forest.ts";
import { lazyForest } from "./forest/lazy-forest.ts";
import type { BuiltWheel } from "./forest/wheels/wheel-builder.ts";
import {
  searchedIndexes,
  readIndexConfiguration,
} from "./packages/configuration/read-index-configuration.ts";
import { type IndexSettings, indexSettingsKey } from "./packages/index-settings.ts";
import { localPath } from "./packages/index/local-path.ts";
import { openPackageDB } from "./packages/open-package-db.ts";
import type { PackageDB } from "./packages/package-db.ts";
import { findInterpreters } from "./pythons/discover/find-interpreters.ts";
import type { Interpreter } from "./model/interpreter.ts";
import { interpreterDownload } from "./pythons/discover/interpreter-download.ts";
import type { PythonsContext } from "./pythons/pythons-context.ts";
import { parsePythonRequest, type PythonRequest } from "./model/python-request.ts";
import { openStandalone } from "./pythons/standalone/open-standalone.ts";
import { readPythonMirror, withMirrorCredentials } from "./pythons/standalone/python-mirror.ts";
import type { RemoteStore } from "./remote/remote-store.ts";
import { redactingReporter } from "./report/redacting-reporter.ts";
import { type Reporter, silentReporter } from "./report/reporter.ts";
import { timed } from "./report/timings.ts";
import { resolve } from "./resolve/resolve.ts";
import { resolveFromLock } from "./resolve/resolve-from-lock.ts";
import type { ResolveContext, Sources } from "./resolve/resolve-context.ts";
import { type Home, openHome } from "./system/fs/home.ts";
import { parseFlag } from "./text/parse-flag.ts";
import { checkOwners } from "./system/fs/sharing/owners.ts";
import { type Machine, thisMachine } from "./system/machine/machine.ts";
import type { Requirement } from "./vocab/requirement/requirement.ts";
import type { PlatformName } from "./vocab/tags/platform-name.ts";
import { parseSpecifierSet } from "./vocab/version/specifier.ts";
import { minorOf } from "./vocab/version/index.ts";

export interface PosyOptions {
  /** The folders of the store and the cache. The default is `openHome()`. */
  readonly home?: Home;
  /** The package indexes. The default is the configuration of pip and uv on this machine. */
  readonly index?: IndexSettings;
  /**
   * Indexes of pybis (`--python-index`), as URLs or folders. They are searched before the built-in catalogue.
   */
  readonly pythonIndexes?: readonly string[];
  /**
   * The mirror of python-build-standalone: a URL, a folder, `default` or `off`. The default comes from the
   * environment variables.
   */
  readonly pythonMirror?: string | undefined;
  /** Receives progress and warnings. By default nothing is reported. */
  readonly reporter?: Reporter;
  /** The environment variables. The default is `process.env`. */
  readonly environment?: NodeJS.ProcessEnv;
  /**
   * The folder from which relative paths and configuration files are looked up. The default is
   * `process.cwd()`.
   */
  readonly cwd?: string;
  /**
   * Future texts of files that are not written yet, by absolute path. Builds read them instead of the files.
   */
  readonly unwritten?: ReadonlyMap<string, string>;
  /**
   * Verifies what an Env uses, also if the Env exists: `quick` by sizes and times, `full` by hashes. The default is
   * `quick` if everything is to be refreshed, and otherwise only what a power cut may have damaged.
   */
  readonly verification?: "quick" | "full" | undefined;
  /**
   * Keeps downloaded archives in the cache although their content is in the store. The default is the variable
   * `POSY_KEEP_ARCHIVES`, and without it `false`.
   */
  readonly keepArchives?: boolean;
}

export interface ResolveOptions {
  /**
   * Resolves for a lock, which must not depend on the machine that makes it: for any machine of each platform, whatever
   * the platform tags and the installed Pythons of this machine are. If no source has a Python for a platform, its
   * interpreter stays open.
   */
  readonly anyMachine?: boolean;
  /** Reports no warnings: the result is looked at, but neither locked nor installed. */
  readonly quiet?: boolean;
}

/**
 * Resolves Briefs to Blueprints and grows Envs from them, all in one store. Close it when the work is done.
 */
export interface Posy extends AsyncDisposable {
  /** The folders of the store and the cache. */
  readonly home: Home;
  /** The platform and the platform tags of this machine. */
  readonly machine: Machine;
  /** The package indexes: versions, files, metadata and the bytes of files. */
  readonly db: PackageDB;
  /** The store of interpreters, wheels and Envs. */
  readonly forest: EnvForest;
  /** What the search for interpreters works with. */
  readonly pythons: PythonsContext;
  /** Lists the interpreters that a request (`3.13`, `>=3.10`, `pypy`) allows on a platform, best first. */
  interpreters(request: string | undefined, platform: PlatformName): Promise<readonly Interpreter[]>;
  /**
   * Returns the Brief with a name for each source that has only a URL or a folder. It reads the names from the
   * sources.
   */
  named(brief: Brief): Promise<Brief>;
  /** Reads and pins sources by the build policy of the Brief. Used for locks that other tools made. */
  sources(brief: Brief): Sources;
  /**
   * Resolves a Brief to a Blueprint. Versions of `preferences` are tried first. Throws `unsatisfiable`,
   * `unknown-package`, `no-interpreter`, …
   */
  resolve(brief: Brief, preferences?: Blueprint, options?: ResolveOptions): Promise<Blueprint>;
  /**
   * Resolves a Brief, for any machine of its platforms, with only the packages of an earlier Blueprint. It
   * asks no index. Returns undefined if that is not enough, or if cached index pages are to be refreshed.
   */
  resolveFromLock(brief: Brief, earlier: Blueprint): Promise<Blueprint | undefined>;
  /**
   * Returns the names of the local projects whose requirements, extras or `requires-python` are not those in a
   * Blueprint any more. It asks their build backends if they decide these. Versions do not count.
   */
  changedProjects(brief: Brief, blueprint: Blueprint): Promise<readonly string[]>;
  /**
   * Returns a Blueprint in which the target for this machine has an interpreter of this machine if the lock left it
   * open. `requirements` are those that it was resolved for. `python` is a Python request that a person made; without
   * it, that of the lock counts. Throws `no-interpreter` if no fitting one can be had, `lock-mismatch` if other
   * packages would be needed with it.
   */
  withInterpreter(
    blueprint: Blueprint,
    asked?: { readonly requirements: readonly Requirement[]; readonly python?: string | undefined },
  ): Promise<Blueprint>;
  /**
   * Grows an Env from the target of a Blueprint that is for this machine. An interpreter that the lock left open is
   * chosen as in `withInterpreter`. Throws `no-interpreter` if there is none.
   */
  grow(blueprint: Blueprint): Promise<Env>;
  /** Returns the wheel of a pinned source: from the store, or built. Throws `build-failed`, `no-wheel`, … */
  buildWheel(pin: PackagePin, target: BlueprintTarget): Promise<BuiltWheel>;
  /** Builds the distributions of a project by the build policy of the Brief, and returns their paths. */
  buildProject(job: ProjectJob, brief: Brief): Promise<readonly string[]>;
  /** Ends background work. */
  close(): Promise<void>;
}

/**
 * Opens a Posy. The folders of the core meet only here:
 *
 *                 Brief                       Blueprint                      Env
 *                   │                             │                           │
 *                   ▼                             ▼                           ▼
 *               resolve() ──────────────▶ forest.grow() ───────────▶ env.python, envVars()
 *               │       │                 │           │
 *               ▼       ▼                 ▼           ▼
 *      interpreters()   PackageDB ◀── fetch(…)   placeInterpreter()
 *      catalogue, pybi  pages, metadata          an archive becomes a pybi tree
 *      indexes, installed
 */
export async function openPosy(options: PosyOptions = {}): Promise<Posy> {
  const environment = options.environment ?? process.env;
  const cwd = options.cwd ?? process.cwd();
  const home = options.home ?? openHome(environment);
  const reporter = redactingReporter(options.reporter ?? silentReporter);
  checkOwners(home, environment, reporter);
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
  const keepArchives = options.keepArchives ?? parseFlag(environment["POSY_KEEP_ARCHIVES"] || "off");
  const pythonIndexes = options.pythonIndexes ?? [];
  const db = openPackageDB({ home, index, pythonIndexes, reporter, environment, keepArchives });
  const standalone = openStandalone(mirror, { home, index, environment, reporter });
  const download = (python: Interpreter) => interpreterDownload(python, standalone);
  let openedRemote: Promise<RemoteStore | undefined> | undefined;
  // Most machines have no remote store, and most runs build nothing.
  const remote = (): Promise<RemoteStore | undefined> =>
    (openedRemote ??=
      index.remoteStore === undefined || index.offline
        ? Promise.resolve(undefined)
        : import("./remote/open-remote-store.ts").then(({ openRemoteStore }) =>
            openRemoteStore({ home, index, reporter, environment }),
          ));
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
      remote,
      verification: options.verification ?? (index.refresh === true ? "quick" : undefined),
      // Growing may need a build, and a build grows its build environment. Loading the builder late breaks
      // the cycle.
      builder: { wheel: async (pin, target) => (await builder()).wheels.wheel(pin, target) },
    });
  });
  const pythons: PythonsContext = {
    home,
    db,
    reporter,
    machine,
    environment,
    pythonIndexes,
    standalone,
    offline: index.offline,
  };
  const interpreters = (request: string | undefined, platform: PlatformName) =>
    findInterpreters(request === undefined ? undefined : parsePythonRequest(request), platform, pythons);
  let opened: Promise<Builder> | undefined;
  // The builder is loaded when something is not a wheel, which is rare.
  const builder = () =>
    (opened ??= Promise.all([import("./builder/open-builder.ts"), remote()]).then(
      ([{ openBuilder }, store]) =>
        openBuilder({
          home,
          db,
          forest,
          machine,
          reporter,
          environment,
          interpreters,
          indexSettingsKey: indexSettingsKey(index),
          offline: index.offline,
          folders: index.findLinks.flatMap((location) => localPath(location) ?? []),
          remote: store,
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
  const contextOf = (brief: Brief): ResolveContext => ({
    db,
    machine,
    reporter,
    interpreters,
    sources: sourcesFor(brief),
  });
  /** The context for a lock, which other machines use, too. */
  const contextOfLock = (brief: Brief): ResolveContext => ({
    ...contextOf(brief),
    machine: { ...machine, platformTags: [] },
    interpreters: (request, platform) => {
      const read = request === undefined ? undefined : parsePythonRequest(request);
      return findInterpreters(read, platform, pythons, { onlyProvided: true });
    },
    openInterpreters: async (request, platform, known) => {
      const { openInterpreters } = await import("./pythons/discover/open-interpreters.ts");
      return openInterpreters(request, platform, known, pythons);
    },
  });
  const withInterpreter: Posy["withInterpreter"] = async (
    blueprint,
    { requirements, python } = { requirements: [] },
  ) => {
    const target = blueprint.targets.find(({ platform }) => platform === machine.platform);
    if (target?.python.source.kind !== "open") return blueprint;
    const request =
      python === undefined ? requestOfLock(target.python.source.request) : parsePythonRequest(python);
    const [{ chooseOpenPython }, found] = await Promise.all([
      import("./resolve/choose-open-python.ts"),
      findInterpreters(withMinor(request, target), machine.platform, pythons),
    ]);
    const chosen = chooseOpenPython(target, found, requirements, machine);
    return { ...blueprint, targets: blueprint.targets.map((each) => (each === target ? chosen : each)) };
  };
  const close = async (): Promise<void> => {
    await (await opened?.catch(() => undefined))?.close();
    await (await openedRemote?.catch(() => undefined))?.close();
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
    async resolve(requested, preferences, { anyMachine = false, quiet = false } = {}) {
      const brief = await named(requested);
      const context = anyMachine ? contextOfLock(brief) : contextOf(brief);
      const withoutWarnings: Reporter = {
        timings: reporter.timings,
        report: (event) => {
          if (event.kind !== "warning") reporter.report(event);
        },
      };
      return timed(reporter, "resolve", undefined, () =>
        resolve(brief, {
          ...context,
          comparesPlatforms: anyMachine && !quiet,
          ...(quiet && { reporter: withoutWarnings }),
          ...(preferences && { preferences }),
        }),
      );
    },
    async resolveFromLock(requested, earlier) {
      if (index.refresh !== undefined && index.refresh !== false) return undefined;
      const brief = await named(requested);
      return timed(reporter, "resolve from lock", undefined, () =>
        resolveFromLock(brief, earlier, contextOfLock(brief)),
      );
    },
    async changedProjects(brief, blueprint) {
      const isLocal = ({ artifact }: PackagePin) => artifact.origin?.kind === "directory";
      if (!blueprint.targets.some(({ packages }) => packages.some(isLocal))) return [];
      return (await builder()).changedProjects(blueprint, brief);
    },
    withInterpreter,
    grow: (blueprint) =>
      timed(reporter, "environment", undefined, async () =>
        forest.grow(targetOf(await withInterpreter(blueprint), machine)),
      ),
    buildWheel: async (pin, target) => (await builder()).wheels.wheel(pin, target),
    buildProject: async (job, brief) => (await builder()).project(job, brief),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Throws `invalid-lock` for a request that is not a version: a lock must not name a program of this machine. */
function requestOfLock(text: string): PythonRequest {
  const request = parsePythonRequest(text);
  if (request.kind === "version") return request;
  throw new PosyError("invalid-lock", `the lock asks for the Python \`${text}\`, which is not a version`, {
    hint: "run `posy lock` to create it again",
  });
}

/** Limits a request for a version to the minor version of a target. */
function withMinor(request: PythonRequest, { python }: BlueprintTarget): PythonRequest {
  if (request.kind !== "version") return request;
  const minor = minorOf(python.version);
  const clauses = [request.specifier.text, `==${minor}.*`].filter((clause) => clause !== "");
  return { ...request, specifier: parseSpecifierSet(clauses.join(",")) };
}

async function configuredIndex(environment: NodeJS.ProcessEnv, cwd: string): Promise<IndexSettings> {
  const configuration = await readIndexConfiguration({ environment, cwd });
  return { ...configuration, indexes: await searchedIndexes(configuration) };
}

function targetOf(blueprint: Blueprint, machine: Machine): BlueprintTarget {
  const target = blueprint.targets.find(({ platform }) => platform === machine.platform);
  if (target) return target;
  const platforms = blueprint.targets.map(({ platform }) => `\`${platform}\``).join(", ") || "none";
  throw new PosyError(
    "no-interpreter",
    `the blueprint has no target for this machine, \`${machine.platform}\``,
    {
      hint: `it has targets for ${platforms}: resolve again with \`--platform ${machine.platform}\``,
    },
  );
}
