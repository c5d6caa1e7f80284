/** What stands under each command's help. */
export const examples = {
  posy: `
Examples:
  posy run                                      Python's prompt
  posy run --with black -- black .              a tool, with nothing installed first
  posy run --python 3.12 --with numpy work.py   a script, in the Python and packages that it needs
  posy resolve 'django<6' --platform windows-x86_64

POSY_HOME moves everything that Posy keeps. \`posy COMMAND --help\` says more.
`,
  run: `
Options end at the command: what follows it is passed on as it is. In a project its own commands come first; after \`--\`
a program is meant. Without a command, Python's prompt;
\`script.py\`, a folder with a \`__main__.py\` or \`-\` (standard input) is run by Python.
What a command line came to is remembered until its files or settings change; \`--refresh\` asks anew.

Examples:
  posy run --python '>=3.10,<3.14' --with trio -- python -c 'import trio'
  posy run --with-requirements requirements.txt -m pytest -x
  posy run --with-requirements pylock.toml -- flask run
  posy run --with jupyterlab -- jupyter lab
`,
  resolve: `
Examples:
  posy resolve 'httpx[http2]>=0.27'
  posy resolve -r requirements.in --platform linux-x86_64 --platform macos-arm64
  posy resolve --python-version 3.11 --json numpy
  echo flask | posy resolve -r -
`,
  export: `
In a project its lock is written, unless requirements are named.

Examples:
  posy export --no-emit-project -o requirements.txt
  posy export -r requirements.in > requirements.txt
  posy export --format pylock -o pylock.toml --platform linux-x86_64 --platform macos-arm64 jupyter
  posy export --format cyclonedx -o sbom.json django
`,
  build: `
Each build runs in an environment of its own, with what the project's \`[build-system]\` asks for. Without \`--sdist\` or
\`--wheel\` both are made, the wheel from the source distribution: what it lacks is found out here.

Examples:
  posy build
  posy build ../library --wheel -o wheelhouse
  posy build downloads/project-1.0.tar.gz
`,
  new: `
Examples:
  posy new homework1
  posy new analysis --notebook --python 3.13
  posy new mylib --lib --build-backend flit
`,
  init: `
What is written stays as it is: only what is missing is added. \`requirements.txt\` becomes the project's dependencies,
\`requirements-dev.txt\`, \`requirements/test.txt\` and the like become dependency groups, and what can't be taken is told.

Examples:
  cd old-project && posy init
  posy init --python '>=3.10,<3.14' --name better
`,
  add: `
\`--index\` is written into the project; with a name, as in \`NAME=URL\`, what is added comes from there alone. What lies on this
disk is named by \`[tool.posy.sources]\`, a repository or an address by \`name @ URL\`.

Examples:
  posy add numpy 'httpx[http2]>=0.27'
  posy add --dev pytest
  posy add ./lib '../other[extra]'
  posy add git+https://host/lib --tag v1
  posy add torch --index pytorch=https://host/whl/cpu
  posy add -r requirements.txt --bounds major
`,
  shell: `
The shell is that of SHELL (on Windows PowerShell or ComSpec), with its own start-up files; \`exit\` leaves it.
Nothing needs it: \`posy run COMMAND\` is in the same environment.

Examples:
  posy shell
  posy shell --env docs
  posy shell --no-project --with ipython --with numpy
`,
  env: `
Examples:
  posy env --with black
  eval "$(posy env --with black --shell bash)"
  posy env --with pytest --shell fish | source
`,
  outdated: `
\`allowed\` is what \`posy upgrade\` would take. Versions that are yanked, too new for \`exclude-newer\` or no final releases do
not count, nor do those without a file for any target.

Examples:
  posy outdated
  posy outdated --all --env docs
  posy outdated --exit-code --json django
`,
  upgrade: `
Lower bounds (\`>=\`) become what is then locked; all other bounds stay, but with \`--latest\`, which replaces those that stand in
the way in their own manner. To move the lock alone there is \`posy lock --upgrade\`.

Examples:
  posy upgrade
  posy upgrade httpx certifi
  posy upgrade --latest --dry-run
  posy upgrade --latest --group dev
`,
  python: `
Examples:
  posy python list
  posy python install 3.12 3.13
  posy python pin 3.13
`,
  list: `
Examples:
  posy python list '>=3.12'
  posy python list --platform windows-x86_64 --json
`,
  find: `
Example:
  $(posy python find 3.13) -m venv .venv
`,
  install: `
The same that \`posy run\` would use. Without a request what POSY_PYTHON, a \`.python-versions\` or a \`.python-version\`
here or above names, else the best. Ends with an error's status where one of them can't be had; the others are there.

Examples:
  posy python install 3.12 3.13t pypy3.10
  posy python install ./cpython-3.13.5-manylinux_2_17_x86_64.pybi
`,
  "python upgrade": `
Only what is in the store: a Python of this machine is upgraded by what installed it. The older ones stay, for
environments that rest on them, until \`posy python uninstall\`.

Examples:
  posy python upgrade
  posy python upgrade 3.12 pypy3.10
`,
  pin: `
Writes \`.python-version\` in this folder. All commands that take \`--python\` go by the nearest one upwards, within the
project, where neither \`--python\` nor POSY_PYTHON nor UV_PYTHON says otherwise; \`--python any\` is as if there were none.

Examples:
  posy python pin 3.13
  posy python pin --resolved
  posy python pin --global 3.12
`,
  uninstall: `
Only what is in the store: Pythons of this machine are never touched. Environments that rest on what is
removed grow again when they are used.

Examples:
  posy python uninstall 3.12.1
  posy python uninstall --all
`,
  pybi: `
Examples:
  posy pybi pack /usr/local
  posy pybi check cpython-3.13.5-manylinux_2_17_x86_64.pybi
`,
  show: `
Example:
  posy pybi show --json cpython-3.13.5-manylinux_2_17_x86_64.pybi
`,
  check: `
Ends with 1 where a rule is broken; warnings are what the format leaves open.

Example:
  posy pybi check --no-run cpython-3.13.5-win_amd64.pybi
`,
  unpack: `
Example:
  posy pybi unpack cpython-3.13.5-manylinux_2_17_x86_64.pybi -o python
`,
  pack: `
Example:
  posy pybi pack ~/.pyenv/versions/3.12.8 -o pybis
`,
  convert: `
Example:
  posy pybi convert python.3.13.5.nupkg -o pybis
`,
  index: `
The folder is then an index for \`pip\`, \`uv\` and \`posy\`: by its path, or behind any web server.

Example:
  posy pybi index pybis && posy run --python-index pybis -- python
`,
  cache: `
Everything in it is made again when it is needed: cleaning loses nothing but time.
`,
} as const satisfies Readonly<Record<string, string>>;
