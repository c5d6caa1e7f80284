import { randomBytes } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Interpreter, PackagePin, PinnedBuild } from "../model/index.ts";
import { removeTree, temporaryPath } from "../system/fs/index.ts";
import { readBuildSystem } from "./backend/build-system.ts";
import { type BuildOutcome, type Goal, runBackend } from "./backend/run-backend.ts";
import type { BuildRequest } from "./build-request.ts";
import { meets, pinRequirements } from "./pin-requirements.ts";
import type { BuildDispatch } from "./build-dispatch.ts";

export interface BuildJob {
  /** `markupsafe 2.1.5`. */
  readonly label: string;
  /** The folder of the project. */
  readonly root: string;
  readonly goal: Goal;
  /** Runs here. */
  readonly python: Interpreter;
  readonly build: Pick<PinnedBuild, "settings" | "isolated">;
  /** What is known to be needed; what is not among them is resolved with these as preferences. */
  readonly pins: readonly PackagePin[];
  /** The pins have what the backend asks for besides what the tree declares. */
  readonly asked?: boolean;
  readonly errand: BuildRequest;
}

export interface BuildResult {
  readonly outcome: BuildOutcome;
  /** What the Env that did it has. */
  readonly pins: readonly PackagePin[];
  /** What was made lies here. */
  readonly output: string;
}

/** Runs a backend in an Env that has what it needs; `use` gets what it made, which is gone afterwards. */
export async function runBuild<T>(
  job: BuildJob,
  dispatch: BuildDispatch,
  use: (result: BuildResult) => Promise<T>,
): Promise<T> {
  const { label, root, goal, python, build, errand: request } = job;
  const { context, semaphore: turns } = dispatch;
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
    const outcome = await turns.run((aside) =>
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
          // Whether it is shown is the reporter's business.
          verbose: true,
          reporter,
          environment,
          pythonVersion: python.version,
        },
        (requirements) =>
          aside(async () => {
            if (build.isolated !== false && !meets(pins, requirements, python, context)) {
              pins = await pinRequirements(requirements, python, label, request, dispatch, pins);
            }
            return forest.grow(
              { platform: python.platform, python, packages: pins },
              dispatch.wheels(request),
            );
          }),
      ),
    );
    const result = await use({ outcome, pins, output });
    // Of a build that failed it stays: the message names it.
    await rm(log, { force: true });
    return result;
  } finally {
    await removeTree(output).catch(() => {});
  }
}
