import { PosyError } from "../../errors/posy-error.ts";
import { didYouMean } from "../../text/index.ts";

const add = "`posy add NAME` adds a package to the project";
const tool = "`posyx NAME` runs a tool once, and `posy tool install NAME` installs it";
const env = "`posy run` and `posy env` create the environment, and bring it up to date";
const tree = "`posy tree` shows the locked packages";
const exported = "`posy export` writes a requirements file";
const upgrade = "`posy upgrade` upgrades packages, `posy lock` brings the lock up to date";
const remove = "`posy remove NAME` removes a package from the project";
const upload = "`posy build` makes the files, and `posy publish` uploads them";
const ownCommands =
  'a project defines its commands in `pyproject.toml`: `[tool.posy.commands]` with a line such as `test = "pytest"`';

/** Commands of uv, pip, Poetry, PDM, Hatch, pipx, npm and cargo that Posy does not have → what to use instead. */
const familiar: Readonly<Record<string, string>> = {
  sync: `${env}; \`posy lock\` brings the lock up to date`,
  i: `${add}; ${env}`,
  uninstall: remove,
  rm: remove,
  update: upgrade,
  up: upgrade,
  upload,
  tools: tool,
  x: tool,
  exec: tool,
  pip: `${add}; ${tree}; ${exported}`,
  freeze: `${tree}; ${exported}`,
  compile: "`posy resolve -r requirements.in` prints the chosen versions; " + exported,
  list: `${tree}; \`posy python list\` lists Pythons`,
  ls: tree,
  show: `${tree}; \`posy why NAME\` shows what requires a package`,
  info: `${tree}; \`posy env\` shows where the environment is`,
  venv: `${env}; \`posy shell\` starts a shell in it`,
  virtualenv: `${env}; \`posy shell\` starts a shell in it`,
  activate: "`posy shell` starts a shell in the environment",
  config:
    "settings are in `[tool.posy]` of `pyproject.toml`; `posy cache dir` prints the folders of the store",
  clean: "`posy cache clean` empties the store and the cache",
  create: "`posy new NAME` makes a project",
  login:
    "Posy reads logins from `~/.netrc`, and from `POSY_INDEX_NAME_USERNAME` and `POSY_INDEX_NAME_PASSWORD`",
  start: ownCommands,
  dev: ownCommands,
  test: ownCommands,
  lint: ownCommands,
  fmt: ownCommands,
  format: ownCommands,
  check: ownCommands,
};

/**
 * Returns the error for a command that neither Posy nor the project has. The hint is the nearest name if it is a typing
 * mistake, or what Posy has instead of a command of another tool.
 */
export function unknownCommand(
  name: string,
  own: readonly string[],
  ofProject: readonly string[],
): PosyError {
  return new PosyError("usage", `unknown command \`${name}\``, {
    hint: hintFor(name, [...own, ...ofProject]),
  });
}

/** Returns the error for `posy install` without a link, which other tools have for packages. */
export function installWithoutLink(word: string | undefined): PosyError {
  const message =
    word === undefined
      ? "`posy install` needs a link"
      : `\`posy install\` needs a link, and \`${word}\` is none`;
  return new PosyError("usage", message, { hint: `${add}; ${env}; ${tool}` });
}

function hintFor(name: string, names: readonly string[]): string {
  if (/\.pyw?$/i.test(name)) return `\`posy run ${name}\` runs a script`;
  const other = Object.hasOwn(familiar, name) ? familiar[name] : undefined;
  if (other !== undefined) return other;
  const similar = didYouMean(name, names).map((near) => `\`${near}\``);
  if (similar.length > 0) return `did you mean ${similar.join(" or ")}?`;
  return `\`posy --help\` lists the commands; ${tool}`;
}
