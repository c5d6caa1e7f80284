import type { Cause, FailedBuild } from "./cause.ts";

const constrain = (line: string) =>
  `build it with an older one: \`--build-constraint\` with a file that has the line \`${line}\``;
const newer = ({ name }: FailedBuild) => `a newer version of \`${name}\``;
const older = (bound: string) => `an older Python (\`--python '<${bound}'\`)`;

/** The package of a module whose name differs from that of the package. */
const packageOfModule: Readonly<Record<string, string>> = {
  Cython: "cython",
  mesonpy: "meson-python",
  skbuild: "scikit-build",
  scikit_build_core: "scikit-build-core",
  setuptools_scm: "setuptools-scm",
  setuptools_rust: "setuptools-rust",
  poetry: "poetry-core",
  pdm: "pdm-backend",
  flit: "flit",
  hatchling: "hatchling",
  yaml: "pyyaml",
  Crypto: "pycryptodome",
  sklearn: "scikit-learn",
  PIL: "pillow",
  cv2: "opencv-python",
  pbr: "pbr",
  wheel: "wheel",
};

/** Modules of Python 2's library. Code that imports them was never ported to Python 3. */
const python2 =
  "ConfigParser|urllib2|urlparse|StringIO|cStringIO|commands|Queue|HTMLParser|httplib|__builtin__|cPickle|exceptions";

/** Incompatibilities between the package, its build system and this Python. */
export const pythonCauses: readonly Cause[] = [
  {
    pattern: /No module named 'numpy\.distutils'|numpy\.distutils.*(?:removed|deprecated.*3\.12)/g,
    hint: (_match, build) =>
      `\`numpy.distutils\` is gone from Python 3.12 on: take ${newer(build)}, or ${older("3.12")}`,
  },
  {
    pattern: /No module named 'distutils(?:\.[\w.]+)?'/g,
    hint: (_match, build) =>
      `\`distutils\` is gone from Python 3.12 on: take ${newer(build)}, or ${older("3.12")}`,
  },
  {
    pattern: /module 'pkgutil' has no attribute 'ImpImporter'|No module named 'imp'$/gm,
    hint: (_match, build) =>
      `it, or a setuptools that it asks for, is too old for Python ${build.pythonVersion}: take ${newer(build)}, or ${older("3.12")}`,
  },
  {
    pattern: /No module named 'pkg_resources'/g,
    hint: () => `newer setuptools have no \`pkg_resources\`; ${constrain("setuptools<81")}`,
  },
  {
    pattern: /use_2to3 is invalid|No module named 'lib2to3'/g,
    hint: (_match, build) =>
      `it was written for Python 2 and translated while it was built, which setuptools does no more: take ${newer(build)}, or ${constrain("setuptools<58")}`,
  },
  {
    pattern: /No module named '?ez_setup'?/g,
    hint: (_match, build) =>
      `it wants \`ez_setup\`, which came with setuptools of long ago: take ${newer(build)}`,
  },
  {
    pattern: new RegExp(
      `SyntaxError: (?:Missing parentheses in call to '(?:print|exec)'|multiple exception types must be parenthesized)|No module named '(?:${python2})'|NameError: name '(?:execfile|unicode|raw_input|xrange|basestring|file|reload)' is not defined|TabError: inconsistent use of tabs`,
      "g",
    ),
    hint: (_match, build) =>
      `it is written for Python 2: take ${newer(build)}, or another package in its place`,
  },
  {
    pattern:
      /(?:Cannot install on Python version [\d.]+; only versions ([^\n]+?) are supported|requires a different Python: [\d.]+ not in '([^']+)'|Python ([^\n]{1,40}) required|[Rr]equires Python ['"]?([<>=!~][^'"\n]*?)['"]?(?:[.,;\s]|$)|Unsupported Python version [\d.]+, expected ([^\n]+)|[Uu]nsupported Python version)/g,
    hint: (match, build) => {
      const wanted = match.slice(1).find(Boolean);
      return `it does not work with Python ${build.pythonVersion}${wanted ? ` (it asks for \`${wanted.trim()}\`)` : ""}: choose another with \`--python\`, or another version of \`${build.name}\``;
    },
  },
  {
    pattern:
      /configured Python interpreter version \(([\d.]+)\) is newer than PyO3's maximum supported version \(([\d.]+)\)/g,
    hint: ([, has = "", most = ""], build) =>
      `it does not know Python ${has} yet: take ${newer(build)}, or ${older(`${most.split(".")[0]}.${Number(most.split(".")[1] ?? 0) + 1}`)}`,
  },
  {
    pattern:
      /error: (?:[‘'“"](?:PyThreadState|PyFrameObject|PyTypeObject|PyCodeObject|PyLongObject|PyASCIIObject)\b[^\n]*has no member named|too (?:few|many) arguments to function [‘']?_?Py|implicit declaration of function [‘']_?Py\w+|no member named '\w+' in 'struct _(?:ts|frame|typeobject|longobject)'|use of undeclared identifier '_?Py\w+'|[‘']_?Py\w+[’'] undeclared)/g,
    hint: (_match, build) =>
      `its C code does not know Python ${build.pythonVersion}: take ${newer(build)}, or an older Python (\`--python\`)`,
  },
  {
    pattern:
      /error: (?:implicit declaration of function|implicitly declaring library function|incompatible pointer type|initialization of .* from incompatible pointer type|transient argument .* from incompatible pointer type|incompatible function pointer types|.*-Wint-conversion|call to undeclared function)/g,
    hint: (_match, build) =>
      `its C code is too lax for this compiler: take ${newer(build)}, or let it pass with \`CFLAGS="-Wno-error=implicit-function-declaration -Wno-error=incompatible-pointer-types -Wno-error=int-conversion"\``,
  },
  {
    pattern:
      /AttributeError: [^\n]*cython_sources|Cython\.Compiler\.Errors\.CompileError|Error compiling Cython file/g,
    hint: (_match, build) =>
      `it was written for an older Cython: take ${newer(build)}, or ${constrain("cython<3")}`,
  },
  {
    pattern:
      /setuptools[-_]scm was unable to detect version|Getting the version from SCM failed|unable to detect version.*(?:scm|git)/gi,
    hint: (_match, { name }) =>
      `its version is that of its git checkout, and there is none here: set \`SETUPTOOLS_SCM_PRETEND_VERSION_FOR_${name.toUpperCase().replaceAll(/[-.]+/g, "_")}\``,
  },
  {
    pattern: /Versioning for this project requires either an sdist tarball/g,
    hint: () => "its version is that of its git checkout, and there is none here: set `PBR_VERSION`",
  },
  {
    pattern: /Multiple top-level (?:packages|modules) discovered in a flat-layout/g,
    hint: () =>
      "setuptools does not know which of its folders are packages: name them under `[tool.setuptools]` in its `pyproject.toml`",
  },
  {
    pattern: /Unable to determine which files to ship inside the wheel/g,
    hint: () =>
      "hatchling does not know which of its folders are packages: name them under `[tool.hatch.build.targets.wheel]` in its `pyproject.toml`",
  },
  {
    pattern: /invalid command 'bdist_wheel'/g,
    hint: (_match, build) => undeclared("wheel", build),
  },
  {
    pattern:
      /(?:install_requires|extras_require|tests_require|setup_requires)' must be (?:a string|a dictionary)|packaging\.version\.InvalidVersion: Invalid version|packaging\.requirements\.InvalidRequirement/g,
    hint: (_match, build) =>
      `its metadata are of a kind that setuptools takes no more: take ${newer(build)}, or ${constrain("setuptools<58")}`,
  },
  {
    pattern:
      /configuration error: `?(project[\w.-]*|tool\.[\w.-]+)`? must|invalid pyproject\.toml config: `?(project[\w.-]*|tool\.[\w.-]+)/g,
    hint: (match) =>
      `\`${match.slice(1).find(Boolean)}\` in its \`pyproject.toml\` is not what this build backend knows: correct it, or pin the backend with \`--build-constraint\``,
  },
  {
    pattern: /ModuleNotFoundError: No module named '([\w.]+)'|ImportError: No module named ([\w.]+)/g,
    hint: (match, build) => {
      const module = (match[1] ?? match[2] ?? "").split(".", 1)[0] ?? "";
      return undeclared(packageOfModule[module] ?? module.replaceAll("_", "-"), build);
    },
  },
];

/** The hint for a build requirement that the source does not declare. */
export function undeclared(needed: string, { name }: FailedBuild): string {
  return `it needs \`${needed}\` to be built and does not say so: ask for \`${needed}\` too (\`--with ${needed}\`), and build it among what you ask for, with \`--no-build-isolation-package ${name}\``;
}
