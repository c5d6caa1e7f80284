import { randomBytes } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Interpreter, PackagePin, PinnedBuild } from "../model/index.ts";
import { timed } from "../report/timings.ts";
import { removeTree, temporaryPath } from "../system/fs/index.ts";
import { readBuildSystem } from "./backend/build-system.ts";
import { type BuildOutcome, type Goal, runBackend } from "./backend/run-backend.ts";
import type { BuildRequest } from "./build-request.ts";
import { meets, pinRequirements } from "./requirements/pin-requirements.ts";
import type { BuildDispatch } from "./build-dispatch.ts";

export interface BuildJob {
  /** `markupsafe 2.1.5`. */
  readonly label: string;
  /** The folder of the project. */
  readonly root: string;
  readonly goal: Goal;
  /** An interpreter that this machine can run. */
  readonly python: Interpreter;
  readonly build: Pick<PinnedBuild, "settings" | "isolated">;
  /** Build requirements that are known. Others are resolved with these as preferences. */
  readonly pins: readonly PackagePin[];
  /** The pins include what the backend asks for in addition to what the source declares. */
  readonly asked?: boolean;
  readonly request: BuildRequest;
}

export interface BuildResult {
  readonly outcome: BuildOutcome;
  /** The packages of the build's Env. */
  readonly pins: readonly PackagePin[];
  /** The folder of the files that were built. */
  readonly output: string;
}

/** Runs a backend in an Env with its requirements. `use` gets the results. They are deleted afterwards. */
export async function runBuild<T>(
  job: BuildJob,
  dispatch: BuildDispatch,
  use: (result: BuildResult) => Promise<T>,
): Promise<T> {
  const { label, root, goal, python, build, request } = job;
  const { context, semaphore } = dispatch;
  const { home, forest, reporter, environment } = context;
  const system = await readBuildSystem(root, label);
  const output = temporaryPath(home.cacheTmp, "built");
  const log = join(
    home.builds,
    "logs",
    `${label.replaceAll(/[^\w.+-]+/g, "-")}-${randomBytes(4).toString("hex")}.log`,
  );
  await mkdir(output, { recursive: true });
  await mkdir(join(home.builds, "logs"), { recursive: true });
  let { pins } = job;
  try {
    const outcome = await semaphore.run((yieldWhile) =>
      timed(reporter, "build", label, () =>
        runBackend(
          {
            root,
            system,
            goal,
            output,
            asked: job.asked ?? false,
            settings: build.settings ?? {},
            label,
            log,
            // The reporter decides whether it is shown.
            verbose: true,
            reporter,
            environment,
            pythonVersion: python.version,
          },
          (requirements) =>
            yieldWhile(async () => {
              if (build.isolated !== false && !meets(pins, requirements, python, context)) {
                pins = await pinRequirements(requirements, python, label, request, dispatch, pins);
              }
              return forest.grow(
                { platform: python.platform, python, packages: pins },
                dispatch.wheels(request),
              );
            }),
        ),
      ),
    );
    const result = await use({ outcome, pins, output });
    // The log of a failed build is kept, because the message names it.
    await rm(log, { force: true });
    return result;
  } finally {
    await removeTree(output).catch(() => {});
  }
}
