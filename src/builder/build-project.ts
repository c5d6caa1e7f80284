import { copyFile, mkdir, rename, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { PosyError } from "../errors/posy-error.ts";
import type { ConfigSettings, Interpreter } from "../model/index.ts";
import { asPosyError, errnoOf, removeTree, temporaryPath } from "../system/fs/index.ts";
import type { BuildRequest } from "./build-request.ts";
import { runBuild } from "./run-build.ts";
import { unpackSdist } from "./sdist/unpack-sdist.ts";
import type { BuildDispatch } from "./build-dispatch.ts";

export interface ProjectJob {
  /**
   * The absolute path of a project's folder or of a source distribution. From a source distribution only a wheel can
   * be built.
   */
  readonly path: string;
  /**
   * What is built. By default the source distribution, and the wheel from it, as those who install it will get it.
   */
  readonly what: "both" | "sdist" | "wheel";
  /** The absolute path of the output folder. It is created if it does not exist. */
  readonly output: string;
  readonly python: Interpreter;
  readonly settings: ConfigSettings;
}

/** Builds a project's own distributions (PEP 517). Returns their paths. Throws `build-failed`, `invalid-source`, … */
export async function buildProject(
  job: ProjectJob,
  request: BuildRequest,
  dispatch: BuildDispatch,
): Promise<readonly string[]> {
  const { path, what } = job;
  const stats = await stat(path).catch((error: unknown) => {
    throw asPosyError(error, `looking at \`${path}\``);
  });
  if (stats.isDirectory()) {
    if (what === "wheel") return [await make("wheel", path, basename(path), job, request, dispatch)];
    const sdist = await make("sdist", path, basename(path), job, request, dispatch);
    if (what === "sdist") return [sdist];
    return [sdist, await wheelOf(sdist, job, request, dispatch)];
  }
  if (what !== "sdist") return [await wheelOf(path, job, request, dispatch)];
  throw new PosyError("usage", `\`${path}\` is a file: a source distribution is made of a folder`, {
    hint: "name the folder of the project; without `--sdist`, a wheel is made of the file",
  });
}

async function wheelOf(
  sdist: string,
  job: ProjectJob,
  request: BuildRequest,
  dispatch: BuildDispatch,
): Promise<string> {
  const into = temporaryPath(dispatch.context.home.cacheTmp, "source");
  try {
    await mkdir(into, { recursive: true });
    const root = await unpackSdist(sdist, basename(sdist), into);
    return await make("wheel", root, basename(sdist), job, request, dispatch);
  } finally {
    await removeTree(into).catch(() => {});
  }
}

function make(
  goal: "sdist" | "wheel",
  root: string,
  label: string,
  { python, settings, output }: ProjectJob,
  request: BuildRequest,
  dispatch: BuildDispatch,
): Promise<string> {
  const job = { label, root, goal, python, build: { settings }, pins: [], request } as const;
  return runBuild(job, dispatch, async ({ outcome, output: made }) => {
    if (outcome.kind !== goal) throw new Error(`a backend that was asked for a ${goal} gave ${outcome.kind}`);
    const target = join(output, outcome.filename);
    await moveInto(join(made, outcome.filename), target);
    return target;
  });
}

/** Moves a file into place. Readers see the old file or the whole new one, even if the folder is on another disk. */
async function moveInto(file: string, target: string): Promise<void> {
  const partial = `${target}.part`;
  try {
    await mkdir(join(target, ".."), { recursive: true });
    await rename(file, target).catch(async (error: unknown) => {
      if (errnoOf(error) !== "EXDEV") throw error;
      await copyFile(file, partial);
      await rename(partial, target);
    });
  } catch (error) {
    await rm(partial, { force: true }).catch(() => {});
    throw asPosyError(error, `writing \`${target}\``);
  }
}
