import { createHash } from "node:crypto";
import type { Stats } from "node:fs";
import { readFile, realpath, stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { asPosyError, exists, fingerprintOf, type Home, writeAtomic } from "../../system/fs/index.ts";
import { type Machine, thisMachine } from "../../system/machine/index.ts";
import { type CpythonBuild, cpythonWheelTags, parsePlatformTag } from "../../vocab/tags/index.ts";
import { parseVersion } from "../../vocab/version/index.ts";
import type { Interpreter, PybiPaths } from "../../model/index.ts";
import { optionalModulesOf } from "../index.ts";
import { platformDefaults, platformOfTag } from "../compatibility/index.ts";
import { queryPython, type QueryAnswer } from "./query-python.ts";
import { isXcodeStub } from "./system-pythons.ts";

export interface QueryContext {
  readonly home: Home;
  readonly environment?: NodeJS.ProcessEnv;
  readonly machine?: Machine;
  /** Milliseconds. */
  readonly timeout?: number;
}

/**
 * Describes a Python that is installed on this machine. It is run once. The result is cached in `home.probes` until the
 * file behind the executable, or behind the Python of its virtual environment, changes. Xcode's stub is never run.
 * Throws `not-found`, `invalid-interpreter`.
 */
export async function describeInstalledPython(
  executable: string,
  context: QueryContext,
): Promise<Interpreter> {
  const { path, stats } = await fileBehind(executable);
  const system = context.machine && platformDefaults[context.machine.platform].sys_platform;
  if (isXcodeStub(path, system)) {
    throw new PosyError("invalid-interpreter", `\`${executable}\` is not a Python but Xcode's stub`, {
      hint: "ask for a version, such as `3.13`, or for `/Library/Developer/CommandLineTools/usr/bin/python3`",
    });
  }
  const key = createHash("sha256")
    .update(`${executable}\0${path}\0${fingerprintOf(stats)}`)
    .digest("hex");
  const cache = join(context.home.probes, `${key}.json`);
  const cached = await readCached(cache);
  if (cached !== undefined) return cached;
  const answer = await queryPython(executable, context.environment, context.timeout);
  const interpreter = await describeAnswer(executable, answer, context.machine ?? (await thisMachine()));
  // If the cache can't be written, Python is run again next time.
  await writeAtomic(cache, `${JSON.stringify(interpreter)}\n`).catch(() => {});
  return interpreter;
}

/** Returns the file behind all links. */
async function fileBehind(executable: string): Promise<{ readonly path: string; readonly stats: Stats }> {
  try {
    const path = await realpath(executable);
    return { path, stats: await stat(path) };
  } catch (error) {
    throw asPosyError(error, `looking at \`${executable}\``);
  }
}

/**
 * Returns a text that identifies an installed Python in the names of Envs: path, size and modification time of the file
 * behind all links. The inode and the time of the last change of its attributes are left out: they change when a
 * machine is restored from a backup, and its Envs can still be used.
 */
async function identityOf(executable: string): Promise<string> {
  const { path, stats } = await fileBehind(executable);
  return `${path} ${stats.size} ${stats.mtimeMs}`;
}

async function readCached(path: string): Promise<Interpreter | undefined> {
  try {
    const interpreter = JSON.parse(await readFile(path, "utf8")) as Interpreter;
    const { source } = interpreter;
    // The executable of a virtual environment stays the same when the Python that it starts is updated.
    return source.kind === "adopted" && (await identityOf(source.executable)) === source.fingerprint
      ? interpreter
      : undefined;
  } catch {
    return undefined;
  }
}

async function describeAnswer(
  executable: string,
  answer: QueryAnswer,
  machine: Machine,
): Promise<Interpreter> {
  const { implementation, markers, freeThreaded, paths } = answer;
  const version = parseVersion(markers["python_full_version"] ?? "");
  const tag = tagOf(answer, machine);
  const platform = tag === undefined ? undefined : platformOfTag(tag);
  if (tag === undefined || platform === undefined) {
    throw new PosyError("invalid-interpreter", `\`${executable}\` is built for another kind of machine`, {
      hint: `this machine runs ${machine.platformTags.map((platformTag) => `\`${platformTag}\``).join(", ")}`,
    });
  }
  // Of a virtual environment, `answer.executable` is the Python that it was made from.
  const base =
    isAbsolute(answer.executable) && (await exists(answer.executable)) ? answer.executable : executable;
  const optional = new Set(optionalModulesOf({ version: version.text, platform }).map(({ name }) => name));
  return {
    implementation,
    version: version.text,
    freeThreaded,
    platform,
    platformTags: [tag],
    source: { kind: "adopted", executable: base, fingerprint: await identityOf(base) },
    markers,
    wheelTags: installedWheelTags(answer, { freeThreaded }),
    paths: paths as unknown as PybiPaths,
    lacks: answer.lacks.filter((name) => optional.has(name)),
  };
}

/** Returns the machine's highest platform tag with the family and architecture of this interpreter. */
function tagOf({ markers, bits, glibc, soabi }: QueryAnswer, machine: Machine): string | undefined {
  const arch = markers["platform_machine"] ?? "";
  return machine.platformTags.find((tag) => {
    const platform = parsePlatformTag(tag);
    switch (platform?.family) {
      case "manylinux":
        return glibc && bits === 64 && platform.arch === arch;
      case "musllinux":
        return !glibc && /musl|^$/.test(soabi) && bits === 64 && platform.arch === arch;
      case "macosx":
        return platform.arch === arch;
      case "win":
        return platform.arch === (bits === 32 ? "x86" : arch.toLowerCase());
      default:
        return false;
    }
  });
}

/**
 * Returns the wheel tags of an installed Python. Those of CPython follow from its version. PyPy's ABI has its own
 * number (`pypy39-pp73`), other implementations have no ABI tag.
 */
export function installedWheelTags(
  { implementation, markers, soabi }: Pick<QueryAnswer, "implementation" | "markers" | "soabi">,
  build: CpythonBuild,
): readonly string[] {
  const version = parseVersion(markers["python_full_version"] ?? "");
  const tags = cpythonWheelTags(version, build);
  if (implementation === "cpython") return tags;
  const [major, minor] = version.release;
  const plain = tags.filter((tag) => tag.startsWith("py"));
  if (implementation !== "pypy") return plain;
  // `sysconfig`'s SOABI is `pypy39-pp73`; the tag has `_`.
  const [abi = "", number = ""] = soabi.split("-");
  const interpreterTag = `pp${major}${minor}`;
  const abiTag = [abi, number].filter(Boolean).join("_").replaceAll(".", "_");
  const [forPlatform, forAny] = [
    plain.filter((tag) => !tag.endsWith("-any")),
    plain.filter((tag) => tag.endsWith("-any")),
  ];
  // The order is that of `packaging`: a wheel for PyPy alone comes before one for every Python.
  return [
    `${interpreterTag}-${abiTag}-PLATFORM`,
    `${interpreterTag}-none-PLATFORM`,
    ...forPlatform,
    `pp${major}-none-any`,
    ...forAny,
  ];
}
