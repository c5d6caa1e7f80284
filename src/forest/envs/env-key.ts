import type { Interpreter, PackagePin } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { sha256Of } from "../../system/fs/index.ts";
import type { LayoutPython } from "./env-layout.ts";

/** Changes whenever the same pins would be composed differently. */
const compositionVersion = 2;

/**
 * The name of an Env: `cpython-3.13.5-<32 digits of a hash of all that is in it>`. What is asked of a name alone,
 * where site-packages is and which Python it has, is written before the hash, so that finding an Env reads nothing.
 */
export function envKey(python: Interpreter, pins: readonly PackagePin[], sha256s: readonly string[]): string {
  const content = {
    compositionVersion,
    python: [interpreterIdentity(python), python.platform, python.paths.platlib],
    packages: pins
      .map(
        (pin, index) =>
          [
            pin.name,
            sha256s[index],
            pin.requested,
            pin.artifact.origin ?? (pin.artifact.direct ? pin.artifact.url : ""),
          ] as const,
      )
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  };
  const implementation = python.implementation.replace(/[^A-Za-z0-9]/g, "") || "python";
  const version = python.version.replace(/[^A-Za-z0-9.+]/g, "");
  const threads = python.freeThreaded ? "t" : "";
  return `${implementation}-${version}${threads}-${sha256Of(JSON.stringify(content)).slice(0, 32)}`;
}

/** What makes two interpreters the same: the archive's hash, or what an adopted one was when it was probed. */
export function interpreterIdentity({ source, version }: Interpreter): string {
  if (source.kind === "adopted") return `${source.executable} ${source.fingerprint}`;
  if (source.kind === "described") {
    throw new PosyError("no-interpreter", `Python ${version} is only described: there is nothing to run`, {
      hint: "resolve with `--python` instead of `--python-version`",
    });
  }
  const sha256 = source.hashes["sha256"];
  if (sha256 !== undefined && /^[0-9a-f]{64}$/.test(sha256)) return sha256;
  throw new PosyError("invalid-interpreter", `\`${source.filename}\` is pinned without a SHA-256`, {
    hint: "resolve again",
  });
}

/** What a key says of the Python; undefined for what is no key. */
export function parseEnvKey(key: string): LayoutPython | undefined {
  const match = /^([A-Za-z0-9]+)-(\d[A-Za-z0-9.+]*?)(t?)-[0-9a-f]{32}$/.exec(key);
  if (match === null) return undefined;
  const [, implementation = "", version = "", threads] = match;
  return { implementation, version, freeThreaded: threads === "t" };
}
