import { basename } from "node:path";
import { PosyError } from "../../../../errors/posy-error.ts";
import { asPosyError, exists } from "../../../../system/fs/index.ts";
import type { PlatformName } from "../../../../vocab/tags/index.ts";
import { parseVersion } from "../../../../vocab/version/index.ts";
import { describeInterpreter } from "../../../compatibility/index.ts";
import type { Interpreter } from "../../../../model/index.ts";
import type { Distribution } from "../distribution.ts";
import type { CondaIndex } from "./conda-info.ts";
import { type CondaPackage, isCondaName, openConda } from "./open-conda.ts";
import { extractConda } from "./extract-conda.ts";

const subdirs: Readonly<Record<string, readonly [PlatformName, string]>> = {
  "linux-64": ["linux-x86_64", "manylinux_2_17_x86_64"],
  "linux-aarch64": ["linux-aarch64", "manylinux_2_17_aarch64"],
  "osx-64": ["macos-x86_64", "macosx_10_13_x86_64"],
  "osx-arm64": ["macos-arm64", "macosx_11_0_arm64"],
  "win-64": ["windows-x86_64", "win_amd64"],
  "win-32": ["windows-x86", "win32"],
  "win-arm64": ["windows-arm64", "win_arm64"],
};

/**
 * Conda packages that a pybi does not need: libraries that the system provides (those of glibc, gcc and X11 are on
 * every policy's list), data, and packages without files.
 */
const needless =
  /^(_|python$|python_abi$|python-gil$|cpython$|pip$|setuptools$|wheel$|tzdata$|ca-certificates$|ld_impl_|libgcc|libstdcxx|libgomp|vc$|vcomp|ucrt$|xorg-)/;

/**
 * Recognizes a conda package of CPython. The libraries that it needs are in other packages (`companions`), whose trees
 * are merged into one. Returns undefined if `path` is not the name of a conda package. Throws `invalid-interpreter` if
 * it is another package, or if a package that it needs is missing. `folder` is for temporary files.
 */
export async function condaPython(
  path: string,
  companions: readonly string[],
  folder: string,
): Promise<Distribution | undefined> {
  if (!isCondaName(basename(path))) return undefined;
  const packages: CondaPackage[] = [];
  for (const file of [path, ...companions]) {
    if (!(await exists(file))) throw asPosyError({ code: "ENOENT" }, `opening \`${file}\``);
    packages.push(await openConda(file, folder));
  }
  const [python = packages[0] as CondaPackage] = packages;
  const interpreter = interpreterOf(python);
  refuseForeign(packages);
  refuseMissing(packages);
  return {
    kind: "conda package",
    interpreter,
    warnings: [],
    extract: (_path, into) => extractConda(packages, interpreter, python.filename, into),
  };
}

function interpreterOf({ index, filename }: CondaPackage): Interpreter {
  const { name, version, build, subdir } = index;
  if (name !== "python" || /_(pypy|graalpy)/.test(build)) {
    throw new PosyError(
      "invalid-interpreter",
      `\`${filename}\` is a conda package of \`${name}\`, not of CPython`,
      {
        hint: "give the package `python`, and the packages of its libraries with `--with`",
      },
    );
  }
  const [platform, platformTag] = subdirs[subdir] ?? [];
  if (platform === undefined || platformTag === undefined) {
    throw new PosyError(
      "unknown-platform",
      `\`${filename}\` is for \`${subdir}\`, a platform that Posy does not support`,
    );
  }
  const freeThreaded = /_cp\d+t$/.test(build);
  return {
    ...describeInterpreter(parseVersion(version), platform, { freeThreaded }),
    platformTags: [platformTag],
  };
}

function refuseForeign([python, ...others]: readonly CondaPackage[]): void {
  for (const { filename, index } of others) {
    if (index.subdir === python?.index.subdir || index.subdir === "noarch") continue;
    throw new PosyError(
      "unknown-platform",
      `\`${filename}\` is for \`${index.subdir}\`, \`${python?.filename ?? ""}\` for \`${python?.index.subdir ?? ""}\``,
      { hint: "use packages for one platform: those of one subfolder of the channel" },
    );
  }
}

/** Checks that every package is given that another one needs. Throws `invalid-interpreter`. */
function refuseMissing(packages: readonly CondaPackage[]): void {
  const given = new Set(packages.map(({ index }) => index.name));
  const missing = new Set(packages.flatMap(({ index }) => needs(index)).filter((name) => !given.has(name)));
  if (missing.size === 0) return;
  const names = [...missing].sort();
  throw new PosyError(
    "invalid-interpreter",
    `\`${packages[0]?.filename ?? ""}\` needs libraries that are in the conda ${names.length === 1 ? "package" : "packages"} ${names.map((name) => `\`${name}\``).join(", ")}`,
    { hint: `give their files, too: ${names.map((name) => `\`--with ${name}-….conda\``).join(" ")}` },
  );
}

/** Returns the names of the packages that one needs: `openssl` of `openssl >=3.4.1,<4.0a0`. */
function needs({ depends }: CondaIndex): readonly string[] {
  return depends
    .map((requirement) => requirement.split(/[\s<>=!]/)[0] ?? "")
    .filter((name) => name !== "" && !needless.test(name));
}
