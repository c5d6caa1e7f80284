import type { Option } from "@commander-js/extra-typings";
import { platformNames } from "../../../vocab/tags/index.ts";
import { buildOptions } from "./build-options.ts";
import { group, option, repeated } from "./option.ts";

export function pythonOptions(): readonly Option[] {
  return group("Python:", [
    option(
      "-p, --python <request>",
      "Use this Python: `3.13`, `>=3.10,<3.14`, `3.13t`, `pypy3.10`, a path or a `.pybi` file",
    ),
    repeated(
      "--python-index <url>",
      "Look for Pythons in this index or folder of pybis (PEP 711) or archives (repeatable)",
    ),
    option(
      "--python-mirror <url>",
      "Download python-build-standalone from this URL or folder; `default` is its publisher, `off` disables it",
    ),
  ]);
}

/** Which packages and which Python, for commands that run something. */
export function briefOptions(): readonly Option[] {
  return [
    ...group("Packages:", [
      repeated(
        "-w, --with <requirement>",
        "Add a package: `numpy`, `httpx[http2]>=0.27`, a file, a folder or `git+https://…` (repeatable)",
      ),
      repeated(
        "-e, --with-editable <folder>",
        "Add the project in this folder as editable: `.`, `./lib[extra]` (repeatable)",
      ),
      requirementsOption("-r, --with-requirements <file>"),
      ...choiceOptions(),
    ]),
    ...buildOptions(),
    ...pythonOptions(),
  ];
}

/** Files with requirements. Commands that take requirements as operands call the option `--requirements`. */
export function requirementsOption(flags = "-r, --requirements <file>"): Option {
  return repeated(
    flags,
    "Add the packages of a requirements file or lock file (`pylock.toml`); `-` reads standard input (repeatable)",
  ).helpGroup("Packages:");
}

/** How versions are chosen. */
export function choiceOptions(): readonly Option[] {
  return group("Packages:", [
    repeated(
      "-c, --constraint <file>",
      "Limit versions to those that this requirements file allows (repeatable)",
    ),
    repeated(
      "--override <file>",
      "Replace every requirement on a package by the one in this requirements file (repeatable)",
    ),
    repeated(
      "--prerelease <mode>",
      "Choose when pre-releases are used: `allow`, `disallow`, `explicit` or `if-necessary`; for one package `NAME=allow` (repeatable)",
    ),
    option(
      "--prefer <mode>",
      "Choose which versions are tried first: `highest`, `lowest`, or `lowest-direct` (the lowest of direct requirements)",
    ),
    option("--resolution <mode>", "Same as `--prefer`, under uv's name").hideHelp(),
    option("--require-hashes", "Require a hash for every package, in a requirements file"),
  ]);
}

export function targetOptions(): readonly Option[] {
  return group("Target:", [
    repeated(
      "--platform <name>",
      `Resolve for this platform instead of this machine (repeatable): ${platformNames.join(", ")}`,
    ),
    option(
      "--python-version <version>",
      "Resolve for this Python version, even if no such Python is available",
    ),
  ]);
}
