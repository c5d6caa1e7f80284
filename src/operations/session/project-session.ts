import { PosyError } from "../../errors/posy-error.ts";
import type { Posy } from "../../posy.ts";
import { timed } from "../../report/timings.ts";
import { findProject, parseManifest, type Project, readManifest } from "../../project/index.ts";
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
import { openScript } from "./open-script.ts";
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
  /** The contents of the manifest: `pyproject.toml`, or the block of a script (PEP 723) as such a text. */
  readonly project: Project;
  /** The text of the manifest, which may not be written yet. */
  readonly text: string;
  /** The text of the manifest on disk when it was read. Empty for a script that has no block yet. */
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
  /** Returns the project with the present text of the manifest, which another process may have changed. */
  reread(): Promise<ProjectSession>;
}

/** How a project is opened. */
export interface OpenOptions {
  /** The manifest for a script that has no block yet. Without it, such a script is an error. */
  readonly newBlock?: string;
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

/**
 * Opens the script of `options.script`, or else the project that `context.cwd` is in. Throws `not-found` outside of all
 * projects and for a script without a block, and `invalid-project`.
 */
export async function openProject(
  options: SessionOptions,
  context: OperationContext,
  opening: OpenOptions = {},
): Promise<ProjectSession> {
  const session = await openProjectIfAny(options, context, opening);
  if (session !== undefined) return session;
  throw new PosyError("not-found", `\`${searchFolder(context)}\` is in no project`, {
    hint: "`posy new NAME` makes one, `posy init` makes one of this folder",
  });
}

/**
 * Opens the script of `options.script`, or else the project that `context.cwd` is in. Returns undefined outside of all
 * projects. Throws `not-found` for a script without a block, and `invalid-project`.
 */
export async function openProjectIfAny(
  options: SessionOptions,
  context: OperationContext,
  { newBlock }: OpenOptions = {},
): Promise<ProjectSession | undefined> {
  const file = await (options.script === undefined
    ? findProject(searchFolder(context))
    : openScript(options.script, context.cwd, newBlock));
  if (file === undefined) return undefined;
  const { path, text } = file;
  const textOnDisk = "textOnDisk" in file ? file.textOnDisk : text;
  const shared: Shared = {
    context,
    inputs: openInputs(context),
    unwritten: new Map(),
    opened: new Map(),
    reported: new Set(),
  };
  const project = await timed(context.reporter, "read project", undefined, () => parseManifest(text, path));
  return sessionOf({ path, text, project }, options, shared, textOnDisk);
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
        settings = timed(context.reporter, "settings", env, () =>
          settingsOfProject(project, { ...options, ...more, env }, inputs),
        );
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
        next === text ? manifest : { path, text: next, project: await parseManifest(next, path) };
      return sessionOf(changed, others, shared, textOnDisk);
    },
    async reread() {
      const present = await readManifest(path);
      if (present === undefined || present === textOnDisk) return this;
      const manifestNow = { path, text: present, project: await parseManifest(present, path) };
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
