import type { Option } from "@commander-js/extra-typings";
import { platformNames } from "../../../vocab/tags/index.ts";
import { buildOptions } from "./build-options.ts";
import { group, option, repeated } from "./option.ts";

export function pythonOptions(): readonly Option[] {
  return group("Python:", [
    option(
      "-p, --python <request>",
      "which Python: `3.13`, `>=3.10,<3.14`, `3.13t`, `pypy3.10`, a path, a `.pybi` file",
    ),
    repeated("--python-index <url>", "an index or folder of interpreters, PEP 711 (repeatable)"),
    option(
      "--python-mirror <url>",
      "where python-build-standalone is: a URL or folder, `default` for its publisher, `off`",
    ),
  ]);
}

/** What is wanted, for commands that run something. */
export function briefOptions(): readonly Option[] {
  return [
    ...group("Packages:", [
      repeated(
        "-w, --with <requirement>",
        "a package to have: `numpy`, `httpx[http2]>=0.27`, a file, a folder, `git+https://…` (repeatable)",
      ),
      repeated(
        "-e, --with-editable <folder>",
        "a project to have as it is in its folder, changes and all: `.`, `./lib[extra]` (repeatable)",
      ),
      repeated(
        "-r, --with-requirements <file>",
        "the packages of a requirements file, or of a lock file (`pylock.toml`); `-` is standard input (repeatable)",
      ),
      ...choiceOptions(),
    ]),
    ...buildOptions(),
    ...pythonOptions(),
  ];
}

/** How versions are chosen. */
export function choiceOptions(): readonly Option[] {
  return group("Packages:", [
    repeated("-c, --constraint <file>", "versions to keep to, in a requirements file (repeatable)"),
    repeated(
      "--override <file>",
      "what to take instead of whatever is asked of these packages, in a requirements file (repeatable)",
    ),
    repeated(
      "--prerelease <mode>",
      "`allow`, `disallow`, `explicit` or `if-necessary`; for one package `NAME=allow` (repeatable)",
    ),
    option("--prefer <which>", "`highest`, `lowest`, or `lowest-direct`: lowest of what is asked for itself"),
    option("--resolution <which>", "the same as `--prefer`, by uv's name").hideHelp(),
    option("--require-hashes", "every package must be pinned with a hash in a requirements file"),
  ]);
}

export function targetOptions(): readonly Option[] {
  return group("Target:", [
    repeated(
      "--platform <name>",
      `resolve for this platform instead of this machine (repeatable): ${platformNames.join(", ")}`,
    ),
    option("--python-version <version>", "resolve for this version, whether or not there is such a Python"),
  ]);
}
