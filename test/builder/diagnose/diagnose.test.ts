import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FailedBuild } from "../../../src/builder/diagnose/cause.ts";
import { diagnose } from "../../../src/builder/diagnose/diagnose.ts";

const linux: FailedBuild = { name: "some-package", pythonVersion: "3.13.5", platform: "linux" };

/** Shortened outputs of real builds, and a pattern that the hint must match. */
type Row = readonly [name: string, output: string, hint: RegExp, build?: Partial<FailedBuild>];
const table: readonly Row[] = [
  // Causes on the machine.
  [
    "no compiler, setuptools",
    "building '_speedups' extension\nerror: command 'cc' failed: No such file or directory",
    /no C compiler.*Debian and Ubuntu: `gcc`; Fedora: `gcc`/,
  ],
  [
    "no compiler, an older setuptools",
    "unable to execute 'x86_64-linux-gnu-gcc': No such file or directory\nerror: command 'x86_64-linux-gnu-gcc' failed with exit status 1",
    /no C compiler/,
  ],
  [
    "no C++ compiler",
    "error: command 'c++' failed: No such file or directory",
    /no C\+\+ compiler.*`g\+\+`.*`gcc-c\+\+`/,
  ],
  [
    "no compiler, reported by Python",
    "FileNotFoundError: [Errno 2] No such file or directory: 'gcc'",
    /no C compiler/,
  ],
  [
    "no compiler, reported by a shell",
    "/bin/sh: 1: cc: not found\nmake: *** [Makefile:5: x.o] Error 127",
    /no C compiler/,
  ],
  [
    "no compiler, Meson",
    "../meson.build:1:0: ERROR: Unknown compiler(s): [['cc'], ['gcc'], ['clang'], ['nvc']]\nThe following exception(s) were encountered:",
    /no C compiler/,
  ],
  [
    "no compiler, CMake",
    "CMake Error at CMakeLists.txt:3 (project):\n  No CMAKE_CXX_COMPILER could be found.",
    /no C\+\+ compiler/,
  ],
  [
    "no compiler, Rust",
    "error: linker `cc` not found\n  |\n  = note: No such file or directory (os error 2)",
    /no C compiler/,
  ],
  ["no compiler, autoconf", "configure: error: no acceptable C compiler found in $PATH", /no C compiler/],
  [
    "no compiler on macOS",
    "xcrun: error: invalid active developer path (/Library/Developer/CommandLineTools), missing xcrun at: /usr/bin/xcrun",
    /xcode-select --install/,
    { platform: "darwin" },
  ],
  [
    "no compiler on Windows",
    'error: Microsoft Visual C++ 14.0 or greater is required. Get it with "Microsoft C++ Build Tools"',
    /Build Tools for Visual Studio/,
    { platform: "win32" },
  ],
  [
    "no Fortran compiler",
    "../scipy/meson.build:80:9: ERROR: Unknown compiler(s): [['gfortran'], ['flang-new'], ['flang'], ['nvfortran']]",
    /Fortran.*`gfortran`.*`gcc-gfortran`/,
  ],
  [
    "a missing header, gcc",
    "src/gmpy2.h:77:10: fatal error: mpfr.h: No such file or directory\n   77 | #include <mpfr.h>\ncompilation terminated.",
    /`mpfr\.h`.*`libmpfr-dev`.*`mpfr-devel`/,
  ],
  [
    "a missing header, clang on macOS",
    "src/lxml/etree.c:1:10: fatal error: 'libxml/xmlversion.h' file not found",
    /Homebrew: `libxml2 libxslt`/,
    { platform: "darwin" },
  ],
  [
    "a missing header, MSVC",
    "c\\_cffi_backend.c(15): fatal error C1083: Cannot open include file: 'ffi.h': No such file or directory",
    /`ffi\.h` is missing/,
    { platform: "win32" },
  ],
  [
    "a header of an unknown package",
    "x.c:1:10: fatal error: gubbins/frob.h: No such file or directory",
    /`gubbins\/frob\.h`.*-dev/,
  ],
  [
    "Python's own header",
    "fatal error: Python.h: No such file or directory",
    /--python 3\.13\.5.*`python3-dev`/,
  ],
  [
    "a missing header of numpy",
    "x.c:1:10: fatal error: numpy/arrayobject.h: No such file or directory",
    /`numpy`.*--no-build-isolation-package some-package/,
  ],
  [
    "a header that newer Pythons lack",
    "c.c:12:10: fatal error: longintrepr.h: No such file or directory",
    /does not know Python 3\.13\.5/,
  ],
  ...(
    [
      ["openssl/ssl.h", "libssl-dev"],
      ["libpq-fe.h", "libpq-dev"],
      ["mysql.h", "default-libmysqlclient-dev"],
      ["zlib.h", "zlib1g-dev"],
      ["jpeglib.h", "libjpeg-dev"],
      ["yaml.h", "libyaml-dev"],
      ["sqlite3.h", "libsqlite3-dev"],
      ["lber.h", "libldap2-dev libsasl2-dev"],
      ["sasl/sasl.h", "libldap2-dev libsasl2-dev"],
      ["cairo.h", "libcairo2-dev"],
      ["hdf5.h", "libhdf5-dev"],
      ["gmp.h", "libgmp-dev"],
      ["snappy-c.h", "libsnappy-dev"],
      ["sql.h", "unixodbc-dev"],
      ["graphviz/cgraph.h", "graphviz libgraphviz-dev"],
      ["gssapi/gssapi.h", "libkrb5-dev"],
      ["curl/curl.h", "libcurl4-openssl-dev"],
      ["portaudio.h", "portaudio19-dev"],
    ] as const
  ).map(
    ([header, name]) =>
      [
        `the header ${header}`,
        `x.c:1:10: fatal error: ${header}: No such file or directory`,
        new RegExp(name),
      ] as const,
  ),
  [
    "the last of several missing headers",
    "fatal error: yaml.h: No such file or directory\nretrying\nfatal error: ffi.h: No such file or directory",
    /ffi\.h/,
  ],
  [
    "a missing library when linking",
    "/usr/bin/ld: cannot find -lpq: No such file or directory\ncollect2: error: ld returned 1 exit status",
    /`pq`.*`libpq-dev`/,
  ],
  [
    "a missing library when linking, macOS",
    "ld: library 'ssl' not found\nclang: error: linker command failed",
    /Homebrew: `openssl@3`/,
    { platform: "darwin" },
  ],
  [
    "a missing library when linking, Windows",
    "LINK : fatal error LNK1181: cannot open input file 'libxml2.lib'",
    /libxml2\.lib/,
    { platform: "win32" },
  ],
  [
    "pg_config",
    "Error: pg_config executable not found.\n\npg_config is required to build psycopg2 from source.",
    /`pg_config`.*`libpq-dev`/,
  ],
  [
    "mysql_config",
    "/bin/sh: 1: mysql_config: not found\nOSError: mysql_config not found",
    /MySQL.*`default-libmysqlclient-dev/,
  ],
  [
    "MySQL by pkg-config",
    "Exception: Can not find valid pkg-config name.\nSpecify MYSQLCLIENT_CFLAGS and MYSQLCLIENT_LDFLAGS env vars manually",
    /MySQL/,
  ],
  [
    "pkg-config",
    "../cairo/meson.build:1:0: Did not find pkg-config by name 'pkg-config'\nFound pkg-config: NO",
    /`pkg-config`.*`pkgconf`/,
  ],
  [
    "a missing pkg-config module",
    "Package libffi was not found in the pkg-config search path.\nPerhaps you should add the directory",
    /`libffi`.*`libffi-dev`/,
  ],
  [
    "a missing Meson dependency",
    '../cairo/meson.build:31:12: ERROR: Dependency "cairo" not found (tried pkg-config and cmake)',
    /`cairo`.*`libcairo2-dev/,
  ],
  [
    "a missing CMake package",
    "CMake Error at /usr/share/cmake-3.25/Modules/FindPackageHandleStandardArgs.cmake:230 (message):\n  Could NOT find OpenSSL, try to set the path to OpenSSL root folder",
    /`OpenSSL`.*`libssl-dev`/,
  ],
  [
    "a missing library, as lxml reports it",
    "Error: Please make sure the libxml2 and libxslt development packages are installed.",
    /`libxml2-dev libxslt1-dev`/,
  ],
  ["a program", "FileNotFoundError: [Errno 2] No such file or directory: 'swig'", /`swig`/],
  [
    "a missing program of a library",
    "WARNING:root:Failed to get options via gdal-config: [Errno 2] No such file or directory: 'gdal-config'\nCRITICAL:root:A GDAL API version must be specified.",
    /`gdal-config`.*`libgdal-dev`/,
  ],
  [
    "a missing program, reported by a shell",
    "autogen.sh: line 3: autoreconf: command not found",
    /`autoconf automake libtool`/,
  ],
  [
    "a missing program that a sentence names",
    "Could not find `dot` executable!\nGraphviz must be installed to build pygraphviz from source.",
    /`graphviz libgraphviz-dev`/,
  ],
  [
    "no Rust, setuptools-rust",
    "error: can't find Rust compiler\n\nIf you are using an outdated pip version",
    /Rust.*rustup/,
  ],
  [
    "no Rust, maturin",
    "Cargo, the Rust package manager, is not installed or is not on PATH.",
    /Rust.*rustup/,
  ],
  [
    "a Rust that is too old",
    "error: package `ruff v0.1.0` cannot be built because it requires rustc 1.71 or newer, while the currently active rustc version is 1.60.0",
    /newer Rust/,
  ],
  [
    "a cargo that is too old",
    "  feature `edition2024` is required\n\n  The package requires the Cargo feature called `edition2024`",
    /newer Rust/,
  ],
  [
    "no CMake",
    "scikit_build_core.errors.CMakeNotFoundError: Could not find CMake with version >=3.15",
    /`cmake`/,
  ],
  [
    "CMake files that are too old",
    "CMake Error at CMakeLists.txt:1 (cmake_minimum_required):\n  Compatibility with CMake < 3.5 has been removed from CMake.",
    /CMAKE_POLICY_VERSION_MINIMUM/,
  ],
  [
    "no Ninja",
    'CMake was unable to find a build program corresponding to "Ninja".  CMAKE_MAKE_PROGRAM is not set.',
    /`ninja`.*`ninja-build`/,
  ],
  [
    "no CUDA",
    "OSError: CUDA_HOME environment variable is not set. Please set it to your CUDA install root.",
    /CUDA/,
  ],
  [
    "no memory",
    "c++: fatal error: Killed signal terminated program cc1plus\ncompilation terminated.",
    /memory/,
  ],
  ["no space", "x.c:4: fatal error: error writing to /tmp/cc4.s: No space left on device", /TMPDIR/],
  [
    "no network",
    "fatal: unable to access 'https://git.example/x.git/': Could not resolve host: git.example",
    /network/,
  ],

  // Causes in the package and its Python.
  [
    "distutils",
    "  File \"setup.py\", line 3\nModuleNotFoundError: No module named 'distutils'",
    /`distutils`.*<3\.12/,
  ],
  [
    "a setuptools too old for this Python",
    "AttributeError: module 'pkgutil' has no attribute 'ImpImporter'. Did you mean: 'zipimporter'?",
    /too old for Python 3\.13\.5/,
  ],
  ["numpy.distutils", "ModuleNotFoundError: No module named 'numpy.distutils'", /`numpy\.distutils` is gone/],
  [
    "pkg_resources",
    "  File \"<string>\", line 14, in <module>\nModuleNotFoundError: No module named 'pkg_resources'",
    /--build-constraint.*`setuptools<81`/,
  ],
  ["use_2to3", "error in anyjson setup command: use_2to3 is invalid.", /Python 2.*`setuptools<58`/],
  ["ez_setup", "ModuleNotFoundError: No module named 'ez_setup'", /ez_setup/],
  [
    "a `print` statement of Python 2",
    "    print \"hello\"\n    ^^^^^^^^^^^^^\nSyntaxError: Missing parentheses in call to 'print'. Did you mean print(...)?",
    /written for Python 2/,
  ],
  ["a module of Python 2", "ModuleNotFoundError: No module named 'ConfigParser'", /written for Python 2/],
  ["a name of Python 2", "NameError: name 'execfile' is not defined", /written for Python 2/],
  [
    "a module that is not declared",
    "ModuleNotFoundError: No module named 'Cython'",
    /needs `cython`.*--no-build-isolation-package some-package/,
  ],
  [
    "a submodule of a module that is not declared",
    "ModuleNotFoundError: No module named 'torch.utils'",
    /needs `torch`/,
  ],
  ["an undeclared requirement on `wheel`", "error: invalid command 'bdist_wheel'", /needs `wheel`/],
  [
    "a Python that the package excludes",
    "RuntimeError: Cannot install on Python version 3.13.5; only versions >=3.7,<3.11 are supported.",
    /does not work with Python 3\.13\.5 \(it asks for `>=3\.7,<3\.11`\).*--python/,
  ],
  [
    "a Python that the package excludes, meson-python",
    "meson-python: error: Unsupported Python version 3.13.5, expected <3.12",
    /`<3\.12`/,
  ],
  [
    "a Python that is newer than PyO3 supports",
    "error: the configured Python interpreter version (3.14) is newer than PyO3's maximum supported version (3.13)",
    /does not know Python 3\.14.*<3\.14/,
  ],
  [
    "C code of an older Python",
    "src/_yaml.c:2:1: error: ‘PyThreadState’ {aka ‘struct _ts’} has no member named ‘use_tracing’; did you mean ‘tracing’?",
    /does not know Python 3\.13\.5/,
  ],
  [
    "C code too lax for the compiler",
    "_mod.c:9:5: error: implicit declaration of function ‘frob’ [-Wimplicit-function-declaration]",
    /CFLAGS/,
  ],
  ["Cython 3", "AttributeError: 'build_ext' object has no attribute 'cython_sources'", /`cython<3`/],
  [
    "setuptools-scm without git",
    "LookupError: setuptools-scm was unable to detect version for /tmp/x.",
    /SETUPTOOLS_SCM_PRETEND_VERSION_FOR_SOME_PACKAGE/,
  ],
  [
    "pbr without git",
    "Exception: Versioning for this project requires either an sdist tarball, or access to an upstream git repository.",
    /PBR_VERSION/,
  ],
  [
    "several folders",
    "error: Multiple top-level packages discovered in a flat-layout: ['a', 'b'].",
    /tool\.setuptools/,
  ],
  [
    "hatchling that finds no files to ship",
    "ValueError: Unable to determine which files to ship inside the wheel using the following heuristics:",
    /tool\.hatch\.build/,
  ],
  [
    "old metadata",
    "error in x setup command: 'extras_require' must be a dictionary whose values are strings",
    /`setuptools<58`/,
  ],
  [
    "a table that the backend refuses",
    "ValueError: invalid pyproject.toml config: `project.license`.\nconfiguration error: `project.license` must be valid exactly by one definition",
    /`project\.license`/,
  ],
];

describe("diagnosing a failed build", () => {
  for (const [name, output, hint, build] of table) {
    test(`explains ${name}`, () => {
      assert.match(diagnose(output, { ...linux, ...build })?.hint ?? "none", hint);
    });
  }

  test("searches megabytes of output in about a second", () => {
    for (const line of ["-", "a", "cc -c x.c -o x.o ", "'", " File 'x': "]) {
      const { user } = process.cpuUsage();
      diagnose(line.repeat(4_000_000 / line.length), linux);
      diagnose(`${line.repeat(30)}\n`.repeat(4_000_000 / 30 / line.length), linux);
      const spent = process.cpuUsage().user - user;
      assert.ok(spent < 1_500_000, `${line}: ${spent} µs`);
    }
  });

  for (const output of [
    "",
    "Traceback (most recent call last):\nRuntimeError: no luck",
    "checking for yaml.h... no\nconfigure: error: giving up",
    "Could NOT find Python3 (missing: Python3_LIBRARIES)",
    "warning: no files found matching '*.h'",
    "FileNotFoundError: [Errno 2] No such file or directory: 'README.md'",
  ]) {
    test(`finds no cause in: ${output.split("\n").at(-1)}`, () => {
      assert.equal(diagnose(output, linux), undefined);
    });
  }
});
