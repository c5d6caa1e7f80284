import { resolve } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import type { IndexSettings } from "../../packages/index.ts";
import { type Credentials, splitCredentials } from "../../system/http/index.ts";

/** The setting that says where archives of python-build-standalone come from. */
export type PythonMirror =
  /** From the publisher. */
  | { readonly kind: "publisher" }
  /** Turned off: only the catalogue and the indexes are used. */
  | { readonly kind: "off" }
  /** From a URL or an absolute path. */
  | {
      readonly kind: "mirror";
      readonly location: string;
      readonly credentials?: Credentials;
      /** The option or variable that set it, for messages: `--python-mirror`. */
      readonly origin: string;
      /** It was set for another tool, so a failure is only a warning. */
      readonly optional?: true;
    };

/** The settings that may name a mirror. */
export interface MirrorNames {
  readonly option: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
  /** `python-install-mirror` of uv's configuration files. */
  readonly configured: string | undefined;
  readonly cwd: string;
}

/**
 * Returns the mirror to use: that of `--python-mirror`, else of `POSY_PYTHON_MIRROR`, else of uv's settings. The value
 * is `off`, `default`, a URL, or a folder relative to `cwd`. Throws `invalid-url`.
 */
export function readPythonMirror({ option, environment, configured, cwd }: MirrorNames): PythonMirror {
  const posyVariable = environment["POSY_PYTHON_MIRROR"];
  if (option !== undefined) return fetchable(parseMirror(option, "--python-mirror", cwd));
  if (posyVariable) return fetchable(parseMirror(posyVariable, "POSY_PYTHON_MIRROR", cwd));
  const uvVariable = environment["UV_PYTHON_INSTALL_MIRROR"];
  const uvMirror = uvVariable
    ? parseMirror(uvVariable, "UV_PYTHON_INSTALL_MIRROR", cwd)
    : configured
      ? parseMirror(configured, "python-install-mirror", cwd)
      : defaultMirror;
  return uvMirror.kind === "mirror" ? { ...uvMirror, optional: true } : uvMirror;
}

/** The mirror if nothing is set. */
const defaultMirror: PythonMirror = { kind: "publisher" };

function parseMirror(text: string, origin: string, cwd: string): PythonMirror {
  if (text === "off") return { kind: "off" };
  if (text === "default") return { kind: "publisher" };
  if (text.trim() === "") {
    throw new PosyError("invalid-url", `\`${origin}\` is empty`, {
      hint: "give a URL or a folder, `off` to turn these Pythons off, or `default` for their publisher",
    });
  }
  const isUrl = /^[a-z][a-z0-9+.-]+:/i.test(text);
  if (!isUrl) return { kind: "mirror", location: resolve(cwd, text), origin };
  const { url, credentials } = splitCredentials(text);
  return { kind: "mirror", location: url, origin, ...(credentials ? { credentials } : {}) };
}

function fetchable(mirror: PythonMirror): PythonMirror {
  if (mirror.kind !== "mirror" || !/^[a-z][a-z0-9+.-]+:/i.test(mirror.location)) return mirror;
  if (/^(https?|file):/i.test(mirror.location)) return mirror;
  throw new PosyError(
    "invalid-url",
    `\`${mirror.origin}\` is \`${mirror.location}\`, which can't be fetched`,
    {
      hint: "use a URL with `https:`, `http:` or `file:`, or a path",
    },
  );
}

/** Adds the mirror's credentials to those of the indexes, since the same HTTP client downloads from both. */
export function withMirrorCredentials(index: IndexSettings, mirror: PythonMirror): IndexSettings {
  if (mirror.kind !== "mirror" || mirror.credentials === undefined) return index;
  const known = { url: mirror.location, credentials: mirror.credentials };
  return { ...index, credentials: [known, ...(index.credentials ?? [])] };
}
