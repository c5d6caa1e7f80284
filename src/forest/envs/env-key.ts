import { type Interpreter, type PackagePin, pinsVersion } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { sha256Of } from "../../system/fs/index.ts";
import type { LayoutPython } from "./env-layout.ts";

/** To be increased whenever Envs of the same pins are written differently. */
const compositionVersion = 4;

/**
 * Returns the name of an Env: `cpython-3.13.5-<32 digits of a hash of its contents>`. The part before the hash says
 * which Python it has and thereby where `site-packages` is, so that the paths in an Env are known without reading a
 * file.
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
            // If a pin has the file of another version, its Env is not one that exists already: the wheel is checked.
            pinsVersion(pin) ? pin.version : "",
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

/**
 * Returns the identity of an interpreter: the SHA-256 of its archive, or for an installed Python its path and the
 * fingerprint from when it was queried. Throws `no-interpreter` if it is only described or open, `invalid-interpreter`
 * if its pin has no SHA-256.
 */
export function interpreterIdentity({ source, version }: Interpreter): string {
  if (source.kind === "adopted") return `${source.executable} ${source.fingerprint}`;
  if (source.kind === "described") {
    throw new PosyError("no-interpreter", `Python ${version} is only described: there is nothing to run`, {
      hint: "resolve with `--python` instead of `--python-version`",
    });
  }
  if (source.kind === "open") {
    throw new PosyError("no-interpreter", `no interpreter was chosen for Python ${version}`, {
      hint: "`Posy.grow` chooses one",
    });
  }
  const sha256 = source.hashes["sha256"];
  if (sha256 !== undefined && /^[0-9a-f]{64}$/.test(sha256)) return sha256;
  throw new PosyError("invalid-interpreter", `\`${source.filename}\` is pinned without a SHA-256`, {
    hint: "resolve again",
  });
}

/** Returns the Python that a key names; undefined if the text is not a key. */
export function parseEnvKey(key: string): LayoutPython | undefined {
  const match = /^([A-Za-z0-9]+)-(\d[A-Za-z0-9.+]*?)(t?)-[0-9a-f]{32}$/.exec(key);
  if (match === null) return undefined;
  const [, implementation = "", version = "", threads] = match;
  return { implementation, version, freeThreaded: threads === "t" };
}
