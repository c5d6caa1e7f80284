import type { Cause, FailedBuild } from "./cause.ts";
import { undeclared } from "./python-causes.ts";
import {
  installing,
  type PackageNames,
  packageOfHeader,
  packageOfLibrary,
  packageOfModule,
  packageOfProgram,
} from "./system-packages.ts";

const fortran: PackageNames = ["gfortran", "gcc-gfortran", "gcc"];
const rust = "install Rust (`rustup`, or the system's `cargo`), so that `cargo` is on the PATH";

/** Missing libraries, compilers and programs, and too little memory or disk space. */
export const systemCauses: readonly Cause[] = [
  {
    pattern:
      /^.*(?:signal terminated program|fatal error: Killed|virtual memory exhausted|Cannot allocate memory|out of memory allocating|\(signal: 9, SIGKILL).*$/gm,
    hint: () =>
      "memory ran out: let it do less at a time (`MAKEFLAGS=-j1`, `CMAKE_BUILD_PARALLEL_LEVEL=1`, `CARGO_BUILD_JOBS=1`)",
    transient: true,
  },
  {
    pattern: /No space left on device/g,
    hint: () => "the disk is full: free some space, or set `TMPDIR` to a folder on another disk",
    transient: true,
  },
  {
    pattern:
      /(?:fatal error: |fatal error C1083: Cannot open include file: )['"]?([^\s:'"]+\.(?:h|hpp|hxx|hh))['"]?(?:: No such file or directory| file not found|$)/gm,
    hint: ([, header = ""], build) => missingHeader(header, build),
  },
  {
    pattern: /^.*ld(?:\.\w+)?(?:-[\d.]+)?: (?:cannot find -l|library not found for -l|library ')([\w.+-]+)/gm,
    hint: ([, name = ""], build) => missing(`the library \`${name}\``, packageOfLibrary(name), build),
  },
  {
    pattern: /LINK : fatal error LNK1181: cannot open input file '([^']+)\.lib'/g,
    hint: ([, name = ""]) =>
      `the linker found no \`${name}.lib\`: install that library, and set \`LIB\` to its folder`,
  },
  {
    pattern: /Microsoft Visual C\+\+ \d+\.\d+ (?:or greater )?is required|Unable to find vcvarsall\.bat/g,
    hint: () =>
      'there is no compiler: install the Build Tools for Visual Studio with "Desktop development with C++"',
  },
  {
    pattern: /xcrun: error: (?:invalid active developer path|unable to find utility)/g,
    hint: () => "there is no compiler: install Apple's with `xcode-select --install`",
  },
  {
    pattern:
      /(?:Unknown compiler\(s\): \[\['(?:gfortran|flang)|No (?:CMAKE_)?Fortran(?:_COMPILER| compiler)|No Fortran compiler found|(?:error: )?(?:unable to execute|command) '(?:[\w-]*gfortran)'.*No such file)/gi,
    hint: (_match, build) => missing("a Fortran compiler", fortran, build),
  },
  {
    pattern:
      /(?:(?:command|unable to execute) '((?:[^'\s]*[/-])?(?:gcc|cc|clang|g\+\+|c\+\+|clang\+\+|icc|cl(?:\.exe)?)(?:-[\d.]+)?)'(?: failed)?: No such file or directory|No such file or directory: '((?:[^'\s]*[/-])?(?:gcc|cc|clang|g\+\+|c\+\+|clang\+\+)(?:-[\d.]+)?)'|(?:^|[\s:])((?:[\w-]*-)?(?:gcc|cc|clang|g\+\+|c\+\+)(?:-[\d.]+)?): (?:command )?not found|Unknown compiler\(s\): \[\['(cc|c\+\+|gcc|g\+\+)|No (CMAKE_C(?:XX)?_COMPILER) could be found|linker `(cc)` not found|no acceptable (C compiler) found)/gm,
    hint: (match, build) => noCompiler(match.slice(1).find(Boolean) ?? "cc", build),
  },
  {
    pattern:
      /can't find Rust compiler|(?:Cargo|cargo), the Rust package manager, is not installed|is Rust installed\?|No such file or directory: '(?:cargo|rustc)'|(?:cargo|rustc): (?:command )?not found|Rust toolchain not found|rust compiler .*not found/g,
    hint: () => `it is partly written in Rust: ${rust}`,
  },
  {
    pattern:
      /requires rustc ([\d.]+) or newer|feature `(edition\d+)` is required|rustc [\d.]+ is not supported by the following package|lock file version `?(\d+)`? .*(?:was found|requires)|package requires Rust >=([\d.]+)/g,
    hint: () => "it needs a newer Rust: bring yours up to date (`rustup update`)",
  },
  {
    pattern: /Compatibility with CMake < (?:3\.5|3\.10) has been removed/g,
    hint: () => "its CMake files are older than this CMake allows: set `CMAKE_POLICY_VERSION_MINIMUM=3.5`",
  },
  {
    pattern:
      /CMake must be installed|Problem with the CMake installation|(?:Could not|Couldn't) find CMake|CMake [\d.]+ or higher is required|Could not find cmake/gi,
    hint: (_match, build) => missing("`cmake`", packageOfProgram("cmake"), build),
  },
  {
    pattern:
      /Could not find any program "?ninja"?|Could not detect Ninja|CMake was unable to find a build program corresponding to "Ninja"/g,
    hint: (_match, build) => missing("`ninja`", packageOfProgram("ninja"), build),
  },
  {
    pattern:
      /CUDA_HOME (?:environment variable is not set|is not set)|Could not find nvcc|CUDA toolkit not found|nvcc: (?:command )?not found/gi,
    hint: () => "it needs NVIDIA's CUDA toolkit: install it, and set `CUDA_HOME` to where it is",
  },
  {
    pattern:
      /(?:Could not resolve host|Temporary failure in name resolution|Could not resolve proxy|unable to access 'https?:|Git command failed: \[.*'clone'|Failed to connect to \S+ port|failed to download from `https?:|urlopen error \[Errno)/g,
    hint: () =>
      "the build itself fetches from the network and could not: check the connection, or choose a version that does not",
    transient: true,
  },
  {
    pattern:
      /(?:No package '([^']+)' found|Package '?([\w.+-]+)'?,? (?:required by .*)?(?:was )?not found in the pkg-config search path|Package ([\w.+-]+) was not found in the pkg-config search path|Dependency "([^"]+)" not found|ERROR: Dependency (?:lookup for )?"?([\w.+-]+)"? (?:with method .* failed|not found)|Could NOT find ([\w-]+)|CMake configuration file(?:s)? (?:provided by )?"?([\w-]+)"?|package configuration file provided by "([^"]+)")/g,
    hint: (match, build) => {
      const name = match.slice(1).find(Boolean) ?? "";
      // CMake prints the same for Python and for threads, which nobody has to install.
      return /^(?:python|pybind|threads|git$|openmp)/i.test(name)
        ? undefined
        : missing(`\`${name}\``, packageOfModule(name), build);
    },
  },
  {
    pattern:
      /Can ?not find valid pkg-config name|mysql_config(?::)? (?:command )?not found|OSError: mysql_config not found/g,
    hint: (_match, build) =>
      missing("the client library of MySQL or MariaDB", packageOfModule("mysqlclient"), build),
  },
  {
    pattern: /Please make sure the libxml2 and libxslt development packages are installed/g,
    hint: (_match, build) => missing("`libxml2` and `libxslt`", packageOfModule("libxslt"), build),
  },
  {
    pattern:
      /Did not find pkg-config|Found pkg-config: NO|pkg-config (?:is )?(?:required|not found|could not be found)|pkg-config: (?:command )?not found/gi,
    hint: (_match, build) => missing("`pkg-config`", packageOfProgram("pkg-config"), build),
  },
  {
    pattern:
      /Error: (\w+_config|[\w]+-config) executable not found|(?:^|[\s:'"])([\w.+-]+): (?:command )?not found$|No such file or directory: '([^'/]+)'|(?:command|unable to execute) '([^'/]+)'(?: failed)?: No such file or directory|Could not find `([\w.+-]+)` executable|Program '?"?([\w.+-]+)'?"? (?:found: NO|not found or not executable)/gm,
    hint: (match, build) => missingProgram(match.slice(1).find(Boolean) ?? "", build),
  },
];

function missingHeader(header: string, build: FailedBuild): string | undefined {
  if (header === "Python.h") {
    return `this Python has no headers: ask for one of Posy's own (\`--python ${build.pythonVersion}\`), or install them${ways(["python3-dev", "python3-devel", ""], build)}`;
  }
  // Headers of the interpreter's internals. Python 3.11, 3.12 and 3.13 removed them.
  if (/^(?:longintrepr|frameobject|code|pythread|node|graminit|symtable|structmember)\.h$/.test(header)) {
    return `its C code does not know Python ${build.pythonVersion}: take a newer version of \`${build.name}\`, or an older Python (\`--python\`)`;
  }
  if (/^(?:numpy|pybind11|pythran)\//.test(header)) {
    const name = header.slice(0, header.indexOf("/"));
    return undeclared(name, build);
  }
  return missing(`the header \`${header}\``, packageOfHeader(header), build);
}

function missingProgram(program: string, build: FailedBuild): string | undefined {
  const packages = packageOfProgram(program);
  return packages && missing(`the program \`${program}\``, packages, build);
}

function missing(what: string, packages: PackageNames | undefined, build: FailedBuild): string {
  return `${what} is missing: install ${packages ? `it${ways(packages, build)}` : "the package of your system that has it; mostly its name ends in `-dev` or `-devel`"}`;
}

function ways(packages: PackageNames, { platform }: FailedBuild): string {
  const known = installing(packages, platform);
  return known === "" ? "" : ` (${known})`;
}

function noCompiler(compiler: string, build: FailedBuild): string {
  const plus = /\+\+|CXX/.test(compiler);
  const packages: PackageNames = plus ? ["g++", "gcc-c++", ""] : ["gcc", "gcc", ""];
  if (build.platform === "darwin")
    return "there is no compiler: install Apple's with `xcode-select --install`";
  return `there is no ${plus ? "C++" : "C"} compiler: install one${ways(packages, build)}, or choose a version that has a wheel`;
}
