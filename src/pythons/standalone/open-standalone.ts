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
 * Milliseconds without data, and for a whole response, after which a request to the publisher fails. Name lookup,
 * connection, handshake and response take a second over a slow connection; users without access must not wait long.
 */
const silence = 3_000;
const patience = 60_000;

/** Opens a mirror or the publisher; returns undefined if it is turned off. */
export function openStandalone(
  mirror: PythonMirror,
  options: StandaloneOptions,
): StandalonePythons | undefined {
  if (mirror.kind === "off") return undefined;
  const { reporter } = options;
  let opened: Promise<StandaloneMirror> | undefined;
  const place = () => (opened ??= openMirror(mirror, options));
  return {
    async interpreters(isAskedFor) {
      try {
        return await found(await place(), isAskedFor);
      } catch (error) {
        if (!(error instanceof PosyError) || error.code === "bug") throw error;
        if (mirror.kind === "publisher") {
          reporter.report({ kind: "debug", message: `${error.message}: the catalogue will do` });
          return [];
        }
        const said = mirrorError(error, mirror.location, mirror.origin);
        if (mirror.optional === undefined) throw said;
        const { message, hint } = said;
        if (error.code === "offline") reporter.report({ kind: "debug", message });
        else reporter.report({ kind: "warning", key: mirror.location, message, hint });
        return [];
      }
    },
    async locate({ url, filename }) {
      const name = parseStandaloneName(filename);
      if (mirror.kind === "publisher" || name === undefined || url.startsWith(mirror.location)) return url;
      try {
        const there = await (await place()).urlOf({ name, filename });
        if (there !== undefined) return there;
        throw new PosyError("not-found", `there is no \`${filename}\``);
      } catch (error) {
        if (!(error instanceof PosyError) || error.code === "bug") throw error;
        // A mirror that was set for another tool may lack an archive that was locked elsewhere.
        if (mirror.optional) return url;
        throw mirrorError(error, mirror.location, mirror.origin);
      }
    },
  };
}

async function openMirror(
  mirror: Exclude<PythonMirror, { kind: "off" }>,
  { home, index, environment, reporter }: StandaloneOptions,
): Promise<StandaloneMirror> {
  const path = mirror.kind === "mirror" ? localPath(mirror.location) : undefined;
  if (path !== undefined) {
    reporter.report(uncacheable);
    return openLocalMirror(path);
  }
  const { offline } = index;
  const refresh = index.refresh === true;
  if (mirror.kind === "mirror") {
    const http = openHttpClient({ ...index, environment, reporter });
    return openWebMirror(mirror.location, { home, http, reporter, offline, refresh });
  }
  // A single attempt, since the catalogue is a fallback.
  const quick = { ...index, retries: 0, timeout: silence / 1000 };
  const http = openHttpClient({ ...quick, environment, reporter });
  return openWebMirror(await publisherUrl(), { home, http, reporter, offline, refresh, patience });
}

async function found(
  place: StandaloneMirror,
  isAskedFor: (python: PythonIdentity) => boolean,
): Promise<readonly Interpreter[]> {
  let isEmpty = true;
  for await (const builds of place.listings()) {
    isEmpty = isEmpty && builds.length === 0;
    const fitting = builds.filter(({ name }) => isAskedFor({ implementation: "cpython", ...name }));
    const interpreters = await Promise.all(fitting.map((build) => interpreterOf(build, place)));
    if (interpreters.length > 0) return interpreters;
  }
  if (!isEmpty) return [];
  throw new PosyError("not-found", `there are no archives of python-build-standalone at \`${place.label}\``, {
    hint: "they lie beside their `SHA256SUMS`, or in a folder per date with `SHA256SUMS` in each",
  });
}

async function interpreterOf(build: StandaloneBuild, place: StandaloneMirror): Promise<Interpreter> {
  const { filename, size, name } = build;
  const url = (await place.urlOf(build)) ?? "";
  // The lock pins by hash. If the folder lists none, it is computed from the file.
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
      ? `correct \`${origin}\`; \`off\` does without such Pythons, \`default\` asks those who publish them`
      : error.hint;
  const message = `the Pythons at \`${location}\` can't be had: ${error.message}`;
  return new PosyError(error.code, message, { hint: hint ?? error.hint, cause: error });
}
