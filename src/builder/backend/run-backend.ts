import { join } from "node:path";
import type { ConfigSettings } from "../../model/index.ts";
import type { Reporter } from "../../report/reporter.ts";
import type { Requirement } from "../../vocab/requirement/index.ts";
import type { BuildSystem } from "./build-system.ts";
import { buildEnvironment } from "./build-environment.ts";
import { checkOutput } from "./check-output.ts";
import { explainFailure } from "../diagnose/explain-build-failure.ts";
import { type BuildLog, openBuildLog } from "./build-log.ts";
import { type HookReply, type HookWish, runHook } from "./run-hook.ts";
import { parseAsked, unmet } from "./requested-requirements.ts";

export type Goal = "metadata" | "wheel" | "editable" | "sdist" | "requirements" | "editable-requirements";

export interface BuildRequest {
  /** The source tree; the backend may change it. */
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
  /** The output is also told to the reporter as it comes. */
  readonly verbose: boolean;
  readonly reporter: Reporter;
  /** What the backend's environment is made from. */
  readonly environment: NodeJS.ProcessEnv;
  readonly pythonVersion: string;
  /** The backend was asked before what it needs, and the place that `envFor` gives has it. */
  readonly asked?: boolean;
  /** The `.dist-info` folder that this tree's metadata were prepared in before, for the wheel to agree with. */
  readonly prepared?: string;
}

/** What a backend runs in: an Env, or the user's own interpreter. */
export interface BuildPlace {
  readonly python: string;
  envVars(base: NodeJS.ProcessEnv): Record<string, string | undefined>;
}

/** A place that has at least these requirements. */
export type EnvFor = (requirements: readonly Requirement[]) => Promise<BuildPlace>;

export type BuildOutcome =
  /** `distInfo` is the absolute folder. */
  | { readonly kind: "metadata"; readonly distInfo: string }
  /** A file in `output`. Also the answer to a wish for metadata where the backend can't give them by themselves. */
  | { readonly kind: "wheel"; readonly filename: string }
  | { readonly kind: "sdist"; readonly filename: string }
  /** What it declares, and what it asked for besides. */
  | { readonly kind: "requirements"; readonly requires: readonly Requirement[] };

/** The hook that asks for more (PEP 517, 660), by what is wanted. */
const asking = {
  metadata: "get_requires_for_build_wheel",
  wheel: "get_requires_for_build_wheel",
  requirements: "get_requires_for_build_wheel",
  editable: "get_requires_for_build_editable",
  "editable-requirements": "get_requires_for_build_editable",
  sdist: "get_requires_for_build_sdist",
} as const;

/**
 * Builds from a source tree (PEP 517, 660): a place with what the tree declares, the question what else is needed, a
 * new place with both where it is not there yet, then the hook itself, each in a fresh process. Throws `build-failed`,
 * and whatever `envFor` throws.
 */
export async function runBackend(request: BuildRequest, envFor: EnvFor): Promise<BuildOutcome> {
  const { system, goal } = request;
  const log = openBuildLog(request);
  try {
    let place = await envFor(system.requires);
    const missing = request.asked ? [] : await askedBesides(request, log, place);
    const requires = [...system.requires, ...missing];
    if (goal === "requirements" || goal === "editable-requirements")
      return { kind: "requirements", requires };
    if (missing.length > 0) place = await envFor(requires);
    const made = await step(request, log, place, wishes(request));
    if (made.kind === "no-hook") throw explainFailure({ request, reply: made, output: "" });
    return await checkOutput(made, request);
  } finally {
    log.close();
  }
}

/** What the backend wants besides what the tree declares, and the place does not have. */
async function askedBesides(
  request: BuildRequest,
  log: BuildLog,
  place: BuildPlace,
): Promise<readonly Requirement[]> {
  const hook = asking[request.goal];
  const reply = await step(request, log, place, [{ name: hook, arguments: [settingsOf(request)] }]);
  if (reply.kind === "no-hook") return [];
  return unmet(parseAsked(reply.answer, hook, request.label), request.system.requires, reply.installed);
}

function settingsOf({ settings }: BuildRequest): ConfigSettings | null {
  return Object.keys(settings).length > 0 ? settings : null;
}

/** The hooks that reach the goal, best first. */
function wishes(request: BuildRequest): readonly HookWish[] {
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

/** One process: everything but an answer and a missing hook is a failure. */
async function step(
  request: BuildRequest,
  log: BuildLog,
  place: BuildPlace,
  hooks: readonly HookWish[],
): Promise<Extract<HookReply, { kind: "answer" | "no-hook" }>> {
  const { root, system, environment } = request;
  const name = hooks[0]?.name ?? "";
  log.begin(name);
  const reply = await runHook({
    python: place.python,
    environment: buildEnvironment(environment, (base) => place.envVars(base)),
    root,
    backend: system.backend,
    backendPath: system.backendPath.map((path) => join(root, path)),
    hooks,
    onOutput: log.write,
  });
  if (reply.kind === "answer" || reply.kind === "no-hook") return reply;
  throw explainFailure({ request, reply, output: log.output() });
}
