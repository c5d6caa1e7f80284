import type { Blueprint } from "../../src/model/blueprint.ts";
import type { Brief } from "../../src/model/brief.ts";
import { PosyError } from "../../src/errors/posy-error.ts";
import { describeInterpreter } from "../../src/pythons/compatibility/describe-interpreter.ts";
import { isRequestedPython, parsePythonRequest } from "../../src/model/python-request.ts";
import { resolve } from "../../src/resolve/resolve.ts";
import type { ResolveContext } from "../../src/resolve/resolve-context.ts";
import { parseVersion } from "../../src/vocab/version/version.ts";
import { type BriefRecipe, briefOf } from "../support/brief.ts";
import { type FakeIndex, type FakePackageDB, fakePackageDB } from "../support/fake-package-db.ts";
import { type RecordingReporter, recordingReporter } from "../support/recording-reporter.ts";

export interface Scene {
  readonly with: readonly string[];
  readonly brief?: BriefRecipe;
  /** The available versions of CPython, best first. */
  readonly pythons?: readonly string[];
  readonly db?: FakePackageDB;
  readonly preferences?: Blueprint;
  readonly sources?: ResolveContext["sources"];
  /** Responses arrive late and out of order. */
  readonly delay?: number;
}

export interface Resolved {
  readonly blueprint: Blueprint;
  /** `name==version` of the first target. */
  readonly pins: readonly string[];
  readonly python: string;
  readonly asked: readonly string[];
  readonly reporter: RecordingReporter;
}

/** Resolves against an index in memory, on a Linux machine with glibc 2.36. */
export async function resolving(index: FakeIndex, scene: Scene): Promise<Resolved> {
  const db = delayed(scene.db ?? fakePackageDB(index), scene.delay);
  const reporter = recordingReporter();
  const brief: Brief = briefOf(scene.with, scene.brief);
  const blueprint = await resolve(brief, contextOf(db, reporter, scene));
  const [target] = blueprint.targets;
  return {
    blueprint,
    pins: (target?.packages ?? []).map(({ name, version }) => `${name}==${version}`),
    python: target?.python.version ?? "",
    asked: db.asked,
    reporter,
  };
}

export function contextOf(
  db: FakePackageDB,
  reporter: RecordingReporter,
  scene: Pick<Scene, "pythons" | "preferences" | "sources">,
): ResolveContext {
  return {
    db,
    interpreters: (text, platform) => {
      const request = text === undefined ? undefined : parsePythonRequest(text);
      const there = (scene.pythons ?? ["3.12.1"]).map((version) =>
        describeInterpreter(parseVersion(version), platform),
      );
      // Every path leads to an interpreter.
      const isNamed = request !== undefined && request.kind !== "version";
      return Promise.resolve(there.filter((python) => isNamed || isRequestedPython(request, python)));
    },
    machine: {
      platform: "linux-x86_64",
      platformTags: ["manylinux_2_36_x86_64"],
      markers: { platform_release: "6.1", platform_version: "#1 SMP", platform_machine: "x86_64" },
    },
    reporter,
    ...(scene.preferences === undefined ? {} : { preferences: scene.preferences }),
    ...(scene.sources === undefined ? {} : { sources: scene.sources }),
  };
}

/** Resolves and returns the error that it fails with. */
export async function failing(index: FakeIndex, scene: Scene): Promise<PosyError> {
  try {
    await resolving(index, scene);
  } catch (error) {
    if (error instanceof PosyError) return error;
    throw error;
  }
  throw new Error("it was resolved");
}

function delayed(db: FakePackageDB, seed: number | undefined): FakePackageDB {
  if (seed === undefined) return db;
  let state = seed;
  const late = async <T>(answer: Promise<T>): Promise<T> => {
    state = (state * 48_271) % 2_147_483_647;
    await new Promise((done) => setTimeout(done, state % 5));
    return answer;
  };
  return {
    ...db,
    project: (name) => late(db.project(name)),
    metadata: (artifact) => late(db.metadata(artifact)),
  };
}
