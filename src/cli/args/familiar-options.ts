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
  [
    "export",
    "--onefile -F --scie --scie-only --create-executable",
    "`--app NAME` writes a program as one file",
  ],
  ["export", "--onedir -D", "`--dir FOLDER` writes a folder with launchers"],
  [
    "export",
    "--console-script -m",
    "`--app NAME` chooses the program, `--entry-point NAME=module:function` adds one",
  ],
  ["export", "--name -n", "`--app NAME` is the program, and the name of its file"],
  ["export", "--noconsole -w", "`--windowed` leaves out the console window on Windows"],
  [
    "export",
    "--console --nowindowed",
    "leave it out: a program has a console window, unless `--windowed` is given",
  ],
  [
    "export",
    "--distpath --output-file",
    "`-o FOLDER` is the folder for `--app`; `--pyz FILE` names a zip for a Python",
  ],
  [
    "export",
    "--noconfirm -y",
    "`--force` replaces the folder of an earlier export; files are replaced in any case",
  ],
  [
    "export",
    "--add-data --add-binary --hidden-import --hiddenimport --collect-all --collect-data --collect-submodules --copy-metadata --paths --runtime-hook --additional-hooks-dir",
    "leave it out: all files of all packages are in the application; data of a project belong to its package",
  ],
  [
    "export",
    "--exclude-module",
    "`--strip` removes what no program needs, and `--no-install-package NAME` leaves a package out",
  ],
  [
    "export",
    "--clean --workpath --specpath --upx-dir --noupx --python-shebang --inherit-path --venv --compressed --no-compressed",
    "leave it out: there are no files between, and a program finds its interpreter by itself",
  ],
  [
    "export",
    "--reproducible",
    "leave it out: equal contents always give equal bytes; SOURCE_DATE_EPOCH sets the times",
  ],
  [
    "export",
    "--complete-platform --abi --implementation",
    "`--platform NAME` and `--python REQUEST` choose the wheels",
  ],
  ["export", "--codesign-identity", "sign the file afterwards with your own tools: it stays valid"],
  [
    "export",
    "--tag",
    "`--push HOST/NAME:TAG` has the tag in the name; `--image-tag TAG` is the tag in `--oci`",
  ],
  [
    "export",
    "--build-arg --build-context --load --secret",
    "`--dockerfile FILE` writes a Dockerfile for `docker build`, which has this option",
  ],
  [
    "export",
    "--label --env-var --user --workdir --expose",
    "options of containers begin with `--image-`: `--image-label`, `--image-env`, `--image-user`, `--image-workdir`, `--image-port`",
  ],
  [
    "export",
    "--cmd --healthcheck",
    "options of containers begin with `--image-`: `--image-cmd`, `--image-healthcheck`",
  ],
  ["export", "--requirement", "`-r FILE` names a requirements file"],
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
