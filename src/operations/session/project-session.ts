import { PosyError } from "../../errors/posy-error.ts";
import type { Posy } from "../../posy.ts";
import { findProject, parseProject, type Project } from "../../project/index.ts";
import {
  type BriefOptions,
  type IndexOptions,
  type Inputs,
  openInputs,
  openPosyFor,
  type OperationContext,
  type ProjectOptions,
  searchFolder,
  type Settings,
  type TargetOptions,
} from "../../settings/index.ts";
import { textIfThere } from "../../system/fs/index.ts";
import { type ProjectSettings, settingsOfProject } from "./project-settings.ts";

/** Options that hold for all operations of a session: indexes, Python, platforms, additional requirements. */
export type SessionOptions = BriefOptions & TargetOptions & IndexOptions & Omit<ProjectOptions, "env">;

/** Names of groups and extras to add to those of an environment. */
export type AdditionalLists = Pick<ProjectOptions, "group" | "extra">;

/**
 * An open project. It reads each file once, and all operations share one `Posy`. Close it when the work is done:
 * `await using project = await openProject(…)`.
 */
export interface ProjectSession extends AsyncDisposable {
  /** The reporter, the variables and the current folder that it was opened with. */
  readonly context: OperationContext;
  /** The options that it was opened with. */
  readonly options: SessionOptions;
  /** The contents of `pyproject.toml`. */
  readonly project: Project;
  /** The text of `pyproject.toml`, which may not be written yet. */
  readonly text: string;
  /** The text of `pyproject.toml` on disk when it was read. */
  readonly textOnDisk: string;
  /** The files that were read, with their fingerprints. */
  readonly inputs: Inputs;
  /** Returns the settings of an environment (`default` if it is left out). Reports each of their warnings once. */
  settings(env?: string, more?: AdditionalLists): Promise<ProjectSettings>;
  /** Returns the `Posy` for some settings. The session closes it. */
  posy(settings: Settings): Promise<Posy>;
  /**
   * Returns the same project with another text, which is not written yet, or with other options. It shares the open
   * `Posy`.
   */
  with(change: { readonly text?: string; readonly options?: SessionOptions }): Promise<ProjectSession>;
  /** Returns the project with the present text of `pyproject.toml`, which another process may have changed. */
  reread(): Promise<ProjectSession>;
}

/** The parts that all versions of one open project share (`with` makes a version). */
interface Shared {
  readonly context: OperationContext;
  readonly inputs: Inputs;
  /** Texts that builds must see instead of those on disk, by absolute path. */
  readonly unwritten: Map<string, string>;
  /** The open Posys by `keyOf` of their settings. */
  readonly opened: Map<string, Promise<Posy>>;
  /** The warnings that were reported. */
  readonly reported: Set<string>;
}

/** Opens the project that `context.cwd` is in. Throws `not-found` outside of all projects, and `invalid-project`. */
export async function openProject(
  options: SessionOptions,
  context: OperationContext,
): Promise<ProjectSession> {
  const session = await openProjectIfAny(options, context);
  if (session !== undefined) return session;
  throw new PosyError("not-found", `\`${searchFolder(context)}\` is in no project`, {
    hint: "`posy new NAME` makes one, `posy init` makes one of this folder",
  });
}

/**
 * Opens the project that `context.cwd` is in, or returns undefined outside of all projects. Throws `invalid-project`.
 */
export async function openProjectIfAny(
  options: SessionOptions,
  context: OperationContext,
): Promise<ProjectSession | undefined> {
  const file = await findProject(searchFolder(context));
  if (file === undefined) return undefined;
  const { path, text } = file;
  const shared: Shared = {
    context,
    inputs: openInputs(context),
    unwritten: new Map(),
    opened: new Map(),
    reported: new Set(),
  };
  return sessionOf({ path, text, project: await parseProject(text, path) }, options, shared, text);
}

function sessionOf(
  manifest: { readonly path: string; readonly text: string; readonly project: Project },
  options: SessionOptions,
  shared: Shared,
  textOnDisk: string,
): ProjectSession {
  const { path, text, project } = manifest;
  const { context, inputs, unwritten, opened, reported } = shared;
  const settingsByEnv = new Map<string, Promise<ProjectSettings>>();
  return {
    context,
    options,
    project,
    text,
    textOnDisk,
    inputs,
    async settings(env = "default", more = {}) {
      const key = JSON.stringify([env, more]);
      let settings = settingsByEnv.get(key);
      if (settings === undefined) {
        settings = settingsOfProject(project, { ...options, ...more, env }, inputs);
        settingsByEnv.set(key, settings);
      }
      for (const warning of (await settings).warnings) {
        if (!reported.has(warning)) {
          context.reporter.report({ kind: "warning", message: warning, about: "settings" });
        }
        reported.add(warning);
      }
      return settings;
    },
    posy(settings) {
      if (text === textOnDisk) unwritten.delete(path);
      else unwritten.set(path, text);
      const key = keyOf(settings);
      let posy = opened.get(key);
      if (posy === undefined) opened.set(key, (posy = openPosyFor(settings, context, unwritten)));
      return posy;
    },
    async with({ text: next = text, options: others = options }) {
      const changed =
        next === text ? manifest : { path, text: next, project: await parseProject(next, path) };
      return sessionOf(changed, others, shared, textOnDisk);
    },
    async reread() {
      const present = await textIfThere(path);
      if (present === undefined || present === textOnDisk) return this;
      const manifestNow = { path, text: present, project: await parseProject(present, path) };
      return sessionOf(manifestNow, options, shared, present);
    },
    async [Symbol.asyncDispose]() {
      const all = [...opened.values()];
      opened.clear();
      for (const posy of await Promise.allSettled(all)) {
        if (posy.status === "fulfilled") await posy.value.close();
      }
    },
  };
}

/** Returns a key that is the same for settings that need the same `Posy`. */
function keyOf({ index, pythonIndexes, pythonMirror }: Settings): string {
  return JSON.stringify([index, pythonIndexes, pythonMirror], (_, value: unknown) => {
    if (value instanceof Map) return [...value];
    return value instanceof Set ? [...value] : value;
  });
}
