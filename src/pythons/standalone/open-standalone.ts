import { PosyError } from "../../errors/posy-error.ts";
import { type IndexSettings, localPath } from "../../packages/index.ts";
import { type Reporter, uncacheable } from "../../report/reporter.ts";
import { type Home, sha256OfFile } from "../../system/fs/index.ts";
import { openHttpClient } from "../../system/http/index.ts";
import type { Interpreter, InterpreterSource } from "../../model/index.ts";
import { openLocalMirror } from "./local-mirror.ts";
import { publisherUrl } from "./publisher-url.ts";
import type { PythonMirror } from "./python-mirror.ts";
import type { StandaloneBuild } from "./standalone-build.ts";
import { standaloneInterpreter } from "./standalone-interpreter.ts";
import { parseStandaloneName } from "./standalone-name.ts";
import type { StandaloneMirror } from "./standalone-mirror.ts";
import { openWebMirror } from "./web-mirror.ts";

/** python-build-standalone as a source of interpreters. Makes no request before the first call. */
export interface StandalonePythons {
  /**
   * Returns the interpreters that satisfy a request, from the newest release that has any. Empty if there are none or
   * the publisher can't be reached; throws if a mirror that the user set can't be read.
   */
  interpreters(isAskedFor: (python: PythonIdentity) => boolean): Promise<readonly Interpreter[]>;
  /** Returns the URL of a pinned archive, on the mirror if the user set one. */
  locate(source: StandaloneSource): Promise<string>;
}

/** What is known about an interpreter before its metadata are read. */
export type PythonIdentity = Pick<Interpreter, "implementation" | "version" | "freeThreaded" | "platform">;

type StandaloneSource = Extract<InterpreterSource, { kind: "standalone" }>;

export interface StandaloneOptions {
  readonly home: Home;
  readonly index: IndexSettings;
  readonly environment: NodeJS.ProcessEnv;
  readonly reporter: Reporter;
}

/**
 * Milliseconds without data, and milliseconds for a whole response, after which a request to the publisher fails. Name
 * lookup, connection, handshake and response take a second over a slow connection. Users without access must not wait
 * long.
 */
const idleTimeout = 3_000;
const responseTimeout = 60_000;

/** Opens a mirror or the publisher; returns undefined if it is turned off. */
export function openStandalone(
  setting: PythonMirror,
  options: StandaloneOptions,
): StandalonePythons | undefined {
  if (setting.kind === "off") return undefined;
  const { reporter } = options;
  let opened: Promise<StandaloneMirror> | undefined;
  const mirror = () => (opened ??= openMirror(setting, options));
  return {
    async interpreters(isAskedFor) {
      try {
        return await newestFitting(await mirror(), isAskedFor);
      } catch (error) {
        if (!(error instanceof PosyError) || error.code === "bug") throw error;
        if (setting.kind === "publisher") {
          reporter.report({ kind: "debug", message: `${error.message}: the catalogue is used instead` });
          return [];
        }
        const failure = mirrorError(error, setting.location, setting.origin);
        if (setting.optional === undefined) throw failure;
        const { message, hint } = failure;
        if (error.code === "offline") reporter.report({ kind: "debug", message });
        else reporter.report({ kind: "warning", key: setting.location, message, hint });
        return [];
      }
    },
    async locate({ url, filename }) {
      const name = parseStandaloneName(filename);
      if (setting.kind === "publisher" || name === undefined || url.startsWith(setting.location)) return url;
      try {
        const mirrorUrl = await (await mirror()).urlOf({ name, filename });
        if (mirrorUrl !== undefined) return mirrorUrl;
        throw new PosyError("not-found", `there is no \`${filename}\``);
      } catch (error) {
        if (!(error instanceof PosyError) || error.code === "bug") throw error;
        // A mirror that was set for another tool may lack an archive that was locked elsewhere.
        if (setting.optional) return url;
        throw mirrorError(error, setting.location, setting.origin);
      }
    },
  };
}

async function openMirror(
  setting: Exclude<PythonMirror, { kind: "off" }>,
  { home, index, environment, reporter }: StandaloneOptions,
): Promise<StandaloneMirror> {
  const path = setting.kind === "mirror" ? localPath(setting.location) : undefined;
  if (path !== undefined) {
    reporter.report(uncacheable);
    return openLocalMirror(path);
  }
  const { offline } = index;
  const refresh = index.refresh === true;
  if (setting.kind === "mirror") {
    const http = openHttpClient({ ...index, environment, reporter });
    return openWebMirror(setting.location, { home, http, reporter, offline, refresh });
  }
  // A single attempt, since the catalogue is a fallback.
  const impatient = { ...index, retries: 0, timeout: idleTimeout / 1000 };
  const http = openHttpClient({ ...impatient, environment, reporter });
  return openWebMirror(await publisherUrl(), {
    home,
    http,
    reporter,
    offline,
    refresh,
    timeout: responseTimeout,
  });
}

/** Returns the interpreters that satisfy a request, from the first listing that has any. Throws `not-found`. */
async function newestFitting(
  mirror: StandaloneMirror,
  isAskedFor: (python: PythonIdentity) => boolean,
): Promise<readonly Interpreter[]> {
  let isEmpty = true;
  for await (const builds of mirror.listings()) {
    isEmpty = isEmpty && builds.length === 0;
    const fitting = builds.filter(({ name }) => isAskedFor({ implementation: "cpython", ...name }));
    const interpreters = await Promise.all(fitting.map((build) => interpreterOf(build, mirror)));
    if (interpreters.length > 0) return interpreters;
  }
  if (!isEmpty) return [];
  throw new PosyError(
    "not-found",
    `there are no archives of python-build-standalone at \`${mirror.label}\``,
    {
      hint: "a mirror has archives and their `SHA256SUMS` in one folder, or in one folder per date",
    },
  );
}

async function interpreterOf(build: StandaloneBuild, mirror: StandaloneMirror): Promise<Interpreter> {
  const { filename, size, name } = build;
  const url = (await mirror.urlOf(build)) ?? "";
  // The lock pins by hash. If the folder lists no hash, it is computed from the file.
  const path = build.sha256 === undefined ? localPath(url) : undefined;
  const sha256 = path === undefined ? (build.sha256 ?? "") : await sha256OfFile(path);
  return {
    ...standaloneInterpreter(name),
    source: {
      kind: "standalone",
      url,
      filename,
      hashes: { sha256 },
      ...(size === undefined ? {} : { size }),
    },
  };
}

function mirrorError(error: PosyError, location: string, origin: string): PosyError {
  const hint =
    error.code === "not-found" || error.code === "http-status" || error.code === "network"
      ? `correct \`${origin}\`; \`off\` turns these Pythons off, \`default\` uses their publisher`
      : error.hint;
  const message = `can't use the Pythons at \`${location}\`: ${error.message}`;
  return new PosyError(error.code, message, { hint: hint ?? error.hint, cause: error });
}
