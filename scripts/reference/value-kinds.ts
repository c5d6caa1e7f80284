import type { Command, Option } from "@commander-js/extra-typings";
import type { ValueKind } from "../../src/cli/completion/command-table.ts";
import { buckets } from "../../src/packages/index.ts";
import { platformNames } from "../../src/vocab/tags/index.ts";
import { bumpParts } from "../../src/vocab/version/index.ts";
import { fullName } from "./all-commands.ts";

/** What a shell completes as the value of an option, by the option's name. */
const ofOptions: Readonly<Record<string, ValueKind>> = {
  "--python": "python",
  "--env": "environment",
  "--group": "group",
  "--extra": "extra",
  "--with": "package",
  "--no-build-package": "locked",
  "--no-build-isolation-package": "locked",
  "--no-emit-package": "locked",
  "--refresh-package": "locked",
  "--upgrade-package": "locked",
  "--python-mirror": ["default", "off"],
  "--color": ["auto", "always", "never"],
  "--prerelease": ["allow", "disallow", "explicit", "if-necessary"],
  "--prefer": ["highest", "lowest", "lowest-direct"],
  "--index-strategy": ["first-index", "merge"],
  "--format": ["requirements", "pylock", "constraints", "cyclonedx"],
  "--shell": ["bash", "zsh", "fish", "powershell", "auto"],
  "--bounds": ["lower", "major", "minor", "exact"],
  "--build-backend": ["hatchling", "flit", "setuptools", "pdm", "poetry-core", "uv"],
  "--keep": ["tests", "bytecode", "static", "debug"],
  "--bump": bumpParts,
  "--platform": platformNames,
};

/** The same for options that mean something else in one command. */
const ofOptionsOfCommands: Readonly<Record<string, ValueKind>> = {
  "posy cache push --only": ["builds", "pythons", "pages"],
  "posy cache pull --only": ["builds", "pythons", "pages"],
  "posy pybi pack --platform": "none",
  "posy pybi convert --with": "files",
};

/** The same by the placeholder of the value, for all other options. */
const ofPlaceholders: Readonly<Record<string, ValueKind>> = {
  "<file>": "files",
  "<path>": "files",
  "[file]": "files",
  "<folder>": "folders",
  "<url>": "files",
  "<url-or-folder>": "folders",
};

/** What a shell completes as an operand, by the command. */
const ofCommands: Readonly<Record<string, ValueKind>> = {
  "posy run": "program",
  "posy add": "package",
  "posy resolve": "package",
  "posy export": "package",
  "posy remove": "requirement",
  "posy upgrade": "locked",
  "posy outdated": "locked",
  "posy tree": "locked",
  "posy why": "locked",
  "posy new": "folders",
  "posy init": "folders",
  "posy build": "files",
  "posy publish": "files",
  "posy python list": "python",
  "posy python find": "python",
  "posy python install": "python",
  "posy python pin": "python",
  "posy python uninstall": "stored-python",
  "posy python upgrade": "stored-python",
  "posy pybi show": "files",
  "posy pybi check": "files",
  "posy pybi unpack": "files",
  "posy pybi convert": "files",
  "posy pybi pack": "folders",
  "posy pybi index": "folders",
  "posy cache clean": ["envs", "wheels", "pythons", ...buckets],
  "posy completions": ["bash", "zsh", "fish", "powershell"],
};

/** Returns what a shell completes as the value of an option. */
export function kindOfOption(command: Command, option: Option): ValueKind {
  const name = option.long ?? option.short ?? "";
  const placeholder = /<.*>|\[.*\]/.exec(option.flags)?.[0] ?? "";
  return (
    ofOptionsOfCommands[`${fullName(command)} ${name}`] ??
    ofOptions[name] ??
    ofPlaceholders[placeholder] ??
    "none"
  );
}

/** Returns what a shell completes as an operand of a command. */
export function kindOfOperands(command: Command): ValueKind {
  return ofCommands[fullName(command)] ?? "none";
}
