/** Options of other tools that a command of Posy does not have: the commands, the options, and what to do instead. */
const familiar: readonly (readonly [commands: string, options: string, hint: string])[] = [
  [
    "add remove upgrade",
    "--locked",
    "leave it out, because this command changes the lock; `posy lock --check` shows whether the lock is up to date before",
  ],
  [
    "add remove upgrade",
    "--frozen --no-lock --lock",
    "this command always brings the lock up to date; to keep the old lock, edit `pyproject.toml` yourself: the next `posy lock` or `posy run` locks",
  ],
  [
    "add remove upgrade lock run",
    "--no-sync --sync --inexact --exact --active",
    "leave it out: `posy run` and `posy env` make an environment with exactly the packages that are asked for",
  ],
  [
    "add remove upgrade lock",
    "--no-install-project --no-install-local --no-install-package",
    "leave it out: this command installs nothing; `posy run` and `posy env` have it",
  ],
  ["add remove", "--optional", "`--extra NAME` chooses the list of an extra"],
  ["add", "--upgrade -U --upgrade-package -P", "`posy upgrade NAME` takes newer versions"],
  [
    "lock",
    "--locked --frozen --check-exists",
    "`posy lock --check` writes nothing, and fails if the lock is not up to date",
  ],
  ["lock", "-U", "`--upgrade` takes newer versions of all packages"],
  ["lock", "-P", "`--upgrade-package NAME` takes a newer version of a package"],
  ["run env shell export download", "--only-dev", "`--only-group dev` uses the group `dev` alone"],
  [
    "run env shell export download",
    "--no-default-groups",
    "`--no-group NAME` leaves a group out, `--no-dev` the group `dev`",
  ],
  [
    "run env shell export download",
    "--no-extra",
    "leave it out, unless `--all-extras` is given: then name the others with `--extra`",
  ],
  [
    "export",
    "--no-emit-local --no-emit-workspace",
    "`--no-install-local` leaves out all packages that are local folders",
  ],
  [
    "run env shell export download",
    "--no-install-workspace",
    "`--no-install-local` leaves out all packages that are local folders",
  ],
  ["download", "-d --dest -t --target --dir", "`-o FOLDER` names the folder"],
  ["download", "--requirement", "`-r FILE` names a requirements file"],
  [
    "download",
    "--abi --implementation",
    "`--platform NAME` and `--python REQUEST` choose the wheels: their tags follow from both",
  ],
  [
    "download",
    "--no-deps",
    "leave it out: a folder without dependencies could not be installed from; `--no-install-package NAME` leaves a package of a project out",
  ],
  [
    "install run env",
    "-t --target",
    "`posy export --target FOLDER` writes packages into a folder, without an interpreter",
  ],
  [
    "install",
    "-r --requirement -e --editable --user -U --upgrade -D --dev --save-dev --group --extra --extras --all-extras --frozen --locked --no-root --sync",
    "`posy install` takes links of tools; `posy add` takes packages and `-r FILE`, and `posy run` installs what a project needs",
  ],
  ["run", "--isolated", "`--no-project` ignores the project, and `--with NAME` adds a package"],
];

/** Returns what to do instead of an option of another tool, or undefined if it is an option of none. */
export function hintForFamiliarOption(command: string, option: string): string | undefined {
  return familiar.find(
    ([commands, options]) => commands.split(" ").includes(command) && options.split(" ").includes(option),
  )?.[2];
}
