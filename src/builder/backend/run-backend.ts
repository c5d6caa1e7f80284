import { join } from "node:path";
import type { ConfigSettings } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import type { Reporter } from "../../report/reporter.ts";
import type { Requirement } from "../../vocab/requirement/index.ts";
import type { BuildSystem } from "./build-system.ts";
import { buildEnvironment } from "./build-environment.ts";
import { checkOutput } from "./check-output.ts";
import { explainBuildFailure } from "../diagnose/explain-build-failure.ts";
import { type BuildLog, openBuildLog } from "./build-log.ts";
import { type HookReply, type Hook, runHook } from "./run-hook.ts";
import { parseRequestedRequirements, unmetRequirements } from "./requested-requirements.ts";

export type Goal = "metadata" | "wheel" | "editable" | "sdist" | "requirements" | "editable-requirements";

export interface BackendCall {
  /** The source tree. The backend may change it. */
  readonly root: string;
  readonly system: BuildSystem;
  readonly goal: Goal;
  /** An existing folder that receives the wheel, the sdist or the `.dist-info` folder. */
  readonly output: string;
  readonly settings: ConfigSettings;
  /** `markupsafe 2.1.5`, for messages. */
  readonly label: string;
  /** The file that gets the whole output. */
  readonly log: string;
  /** The output is also reported as it arrives. */
  readonly verbose: boolean;
  readonly reporter: Reporter;
  /** The variables that the backend's environment starts from. */
  readonly environment: NodeJS.ProcessEnv;
  readonly pythonVersion: string;
  /** The requirements of the backend's hook are known already, and the Env that `envFor` returns has them. */
  readonly asked?: boolean;
  /** The `.dist-info` folder with the metadata that were prepared before. The wheel must agree with it (PEP 517). */
  readonly prepared?: string;
}

/** The environment that a backend runs in: an Env, or the user's own interpreter. */
export interface BuildEnv {
  readonly python: string;
  readonly envVars: (base: NodeJS.ProcessEnv) => Record<string, string | undefined>;
}

/** Returns an environment that has at least these requirements. */
export type EnvFor = (requirements: readonly Requirement[]) => Promise<BuildEnv>;

/** An environment, and how to make it again if another Posy cleans the store. */
interface UsableEnv {
  readonly made: BuildEnv;
  again(): Promise<BuildEnv>;
}

async function usableEnv(requirements: readonly Requirement[], envFor: EnvFor): Promise<UsableEnv> {
  return { made: await envFor(requirements), again: () => envFor(requirements) };
}

export type BuildOutcome =
  /** `distInfo` is the absolute folder. */
  | { readonly kind: "metadata"; readonly distInfo: string }
  /** A file in `output`. Also the outcome for metadata if the backend has no hook that prepares them alone. */
  | { readonly kind: "wheel"; readonly filename: string }
  | { readonly kind: "sdist"; readonly filename: string }
  /** What the source declares, and what its backend asked for in addition. */
  | { readonly kind: "requirements"; readonly requires: readonly Requirement[] };

/** The hook that returns additional build requirements (PEP 517, 660), by goal. */
const requirementHooks = {
  metadata: "get_requires_for_build_wheel",
  wheel: "get_requires_for_build_wheel",
  requirements: "get_requires_for_build_wheel",
  editable: "get_requires_for_build_editable",
  "editable-requirements": "get_requires_for_build_editable",
  sdist: "get_requires_for_build_sdist",
} as const;

/**
 * Builds from a source tree (PEP 517, 660). First it makes an environment with the declared requirements and asks the
 * backend for additional ones. If some are missing, it makes a new environment with both. Then it calls the hook. Each
 * hook runs in a fresh process. Throws `build-failed`, and whatever `envFor` throws.
 */
export async function runBackend(request: BackendCall, envFor: EnvFor): Promise<BuildOutcome> {
  const { system, goal } = request;
  const log = openBuildLog(request);
  try {
    let env = await usableEnv(system.requires, envFor);
    const missing = request.asked ? [] : await askBackend(request, log, env);
    const requires = [...system.requires, ...missing];
    if (goal === "requirements" || goal === "editable-requirements")
      return { kind: "requirements", requires };
    if (missing.length > 0) env = await usableEnv(requires, envFor);
    const made = await callHook(request, log, env, hooksFor(request));
    if (made.kind === "no-hook") throw explainBuildFailure({ request, reply: made, output: "" });
    return checkOutput(made, request);
  } finally {
    log.close();
  }
}

/** Returns what the backend asks for and what is neither declared nor installed. */
async function askBackend(
  request: BackendCall,
  log: BuildLog,
  env: UsableEnv,
): Promise<readonly Requirement[]> {
  const hook = requirementHooks[request.goal];
  const reply = await callHook(request, log, env, [{ name: hook, arguments: [settingsOf(request)] }]);
  if (reply.kind === "no-hook") return [];
  return unmetRequirements(
    parseRequestedRequirements(reply.answer, hook, request.label),
    request.system.requires,
    reply.installed,
  );
}

function settingsOf({ settings }: BackendCall): ConfigSettings | null {
  return Object.keys(settings).length > 0 ? settings : null;
}

/** Returns the hooks that reach the goal, best first. */
function hooksFor(request: BackendCall): readonly Hook[] {
  const { goal, output, prepared = null } = request;
  const settings = settingsOf(request);
  const wheel = { name: "build_wheel", arguments: [output, settings, prepared] };
  switch (goal) {
    case "metadata":
      return [{ name: "prepare_metadata_for_build_wheel", arguments: [output, settings] }, wheel];
    case "wheel":
      return [wheel];
    case "editable":
      return [{ name: "build_editable", arguments: [output, settings, prepared] }];
    case "sdist":
      return [{ name: "build_sdist", arguments: [output, settings] }];
    default:
      return [];
  }
}

/**
 * Calls a hook in a process of its own. The environment is made again if another Posy cleans the store before the
 * process starts. Throws `build-failed`, except if the backend has no such hook.
 */
async function callHook(
  request: BackendCall,
  log: BuildLog,
  env: UsableEnv,
  hooks: readonly Hook[],
): Promise<Extract<HookReply, { kind: "answer" | "no-hook" }>> {
  const { root, system, environment } = request;
  const name = hooks[0]?.name ?? "";
  log.begin(name);
  const start = ({ python, envVars }: BuildEnv) =>
    runHook({
      python,
      environment: buildEnvironment(environment, envVars),
      root,
      backend: system.backend,
      backendPath: system.backendPath.map((path) => join(root, path)),
      hooks,
      onOutput: log.write,
    });
  let reply = await start(env.made);
  for (let attempt = 1; reply === undefined; attempt++) {
    if (attempt > 3) throw removedEnv(env.made, request);
    reply = await start(await env.again());
  }
  if (reply.kind === "answer" || reply.kind === "no-hook") return reply;
  throw explainBuildFailure({ request, reply, output: log.output() });
}

function removedEnv({ python }: BuildEnv, { label }: BackendCall): PosyError {
  return new PosyError(
    "filesystem",
    `\`${label}\` could not be built: \`${python}\` was removed each time it was made`,
    {
      hint: "look for a program that cleans the store, and run the command again when it has ended",
    },
  );
}
