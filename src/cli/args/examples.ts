/** The notes and examples under each command's help. The parser does not wrap them: 80 columns at most. */
export const examples = {
  posy: `
Examples:
  posy run                                 Start Python
  posy run --with black -- black .         Run a tool, without installing it
  posy run -p 3.12 --with numpy script.py  Run a script with Python and numpy
  posy add numpy                           Add a package to the project

\`posy COMMAND --help\` describes a command. The variable POSY_HOME moves the
folder in which Posy keeps its files.
`,
  run: `
Options of Posy end where the command begins: everything after it is passed
on. Without a command, Python's prompt starts. Python also runs a \`script.py\`,
a folder with a \`__main__.py\`, and \`-\`, which is standard input.

In a project, the project's named commands come first; after \`--\` they do not
count.

Posy remembers the environment of a command line until a file or a setting
that it depends on changes. \`--refresh\` asks the indexes again.

Examples:
  posy run --python '>=3.10,<3.14' --with trio -- python -c 'import trio'
  posy run --with-requirements requirements.txt -m pytest -x
  posy run --with-requirements pylock.toml -- flask run
  posy run --with jupyterlab -- jupyter lab
`,
  "tool run": `
The arguments after the tool are passed on to it. In a project that requires
the tool, its version counts; otherwise that of the installed tool.

Examples:
  posy tool run ruff check
  posyx ruff@0.14 --version
  posyx --from httpie http GET example.org
`,
  "tool install": `
Examples:
  posy tool install ruff
  posy tool install mkdocs --with mkdocs-material
  posy tool install -e ./my-tool
`,
  resolve: `
Examples:
  posy resolve 'httpx[http2]>=0.27'
  posy resolve -r requirements.in --platform linux-x86_64 --platform macos-arm64
  posy resolve --python-version 3.11 --json numpy
  echo flask | posy resolve -r -
`,
  download: `
In a project, Posy downloads what the project's lock needs, unless requirements
are given. Pythons are written to the subfolder \`pythons\`. The last line of
the output says how to use the folder. pip takes it as well:
\`pip install --no-index --find-links wheelhouse NAME\`.

Examples:
  posy download
  posy download --frozen --all-platforms -o offline
  posy download --platform windows-x86_64 --platform linux-x86_64 flask numpy
  posy download --no-python -r requirements.txt
  posy download --python-only --python 3.13
`,
  export: `
In a project, Posy exports the project's lock, unless requirements are given.

Examples:
  posy export --no-emit-project -o requirements.txt
  posy export -r requirements.in > requirements.txt
  posy export --format pylock -o pylock.toml --platform windows-x86_64 jupyter
  posy export --format cyclonedx -o sbom.json django
`,
  build: `
Each build runs in an isolated environment with the build requirements of the
project's \`[build-system]\`. Without \`--sdist\` or \`--wheel\`, both are built,
and the wheel is built from the source distribution. This shows if a file is
missing in it.

Examples:
  posy build
  posy build ../library --wheel -o wheelhouse
  posy build downloads/project-1.0.tar.gz
`,
  new: `
The project has a script that runs. \`--lib\` and \`--notebook\` create something
else.

Examples:
  posy new homework1
  posy new analysis --notebook --python 3.13
  posy new mylib --lib --build-backend flit
`,
  init: `
Posy adds what is missing and keeps everything that is written already. A
\`requirements.txt\` becomes the dependencies of the project. Files such as
\`requirements-dev.txt\` or \`requirements/test.txt\` become dependency groups.
Posy warns about lines that it cannot take over.

Examples:
  cd old-project && posy init
  posy init --python '>=3.10,<3.14' --name better
`,
  add: `
A requirement is a name, a folder (\`./folder\`), a repository (\`git+https://…\`)
or the URL of a wheel or archive. Paths on this disk are written to
\`[tool.posy.sources]\`; repositories and URLs are written as \`name @ URL\`.

\`--index\` is written to the project. With a name (\`NAME=URL\`), the added
packages come from that index only.

Examples:
  posy add numpy 'httpx[http2]>=0.27'
  posy add --dev pytest
  posy add ./lib '../other[extra]'
  posy add git+https://example.org/lib --tag v1
  posy add torch --index pytorch=https://example.org/whl/cpu
  posy add -r requirements.txt --bounds major
`,
  shell: `
Posy starts the shell in SHELL (on Windows PowerShell, or ComSpec) with its
usual start-up files. \`exit\` leaves it. For a single command, \`posy run
COMMAND\` uses the same environment.

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
The column \`allowed\` has the version that \`posy upgrade\` would choose.
Versions do not count if they are yanked, pre-releases, newer than
\`exclude-newer\` allows, or without a file for any target.

Examples:
  posy outdated
  posy outdated --all --env docs
  posy outdated --exit-code --json django
`,
  upgrade: `
Lower bounds (\`>=\`) are raised to the locked versions. Other bounds stay,
unless \`--latest\` replaces those that exclude the newest version; it keeps
their form. \`posy lock --upgrade\` upgrades the lock only.

Examples:
  posy upgrade
  posy upgrade httpx certifi
  posy upgrade --latest --dry-run
  posy upgrade --latest --group dev
`,
  publish: `
Without files, Posy uploads those in \`dist\` of the project. All files are
checked before the first is sent. Attestations next to a file
(\`FILE.publish.attestation\`) are uploaded with it.

Examples:
  posy build && posy publish
  posy publish --dry-run
  posy publish --index private dist/app-1.2*
  posy publish --publish-url https://example.org/legacy/ --username me
`,
  version: `
The version is read and written in \`[project]\`, or in the file from which the
build backend takes it. A raised part removes all lower ones: \`minor\` makes
1.3.0 of 1.2.3rc1. Existing locks are brought up to date.

Examples:
  posy version
  posy version 2.0.0rc1
  posy version --bump minor --bump beta
  posy version --bump patch --dry-run --json
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
Without a request, Posy uses the pin that holds in this folder.

Example:
  $(posy python find 3.13) -m venv .venv
`,
  "posy install": `
Only links are installed in this way. \`posy add NAME\` adds a package to a
project, \`posy run\` installs what a project needs, and \`posy tool install
NAME\` installs a tool by its name.

Examples:
  posy install https://example.org/project/neat/
  posy install https://example.org/me/neat/tree/main
  posy install https://example.org/files/neat-1.0-py3-none-any.whl
`,
  install: `
Posy installs the Pythons that \`posy run\` would use. Without a request, these
are the ones in POSY_PYTHON, or in the nearest \`.python-versions\` or
\`.python-version\`, or else the best one. If one cannot be installed, the
others still are, and the command fails.

\`python\` of \`--default\` starts the environment of the project that the folder
is in, and this Python elsewhere. \`python -3.12\` starts another one.

Examples:
  posy python install 3.12 3.13t pypy3.10
  posy python install 3.13 --default
  posy python install ./cpython-3.13.5-manylinux_2_17_x86_64.pybi
`,
  "python upgrade": `
Only Pythons in the store are upgraded, not those installed on this machine by
other means. The older ones stay for the environments that use them, until
\`posy python uninstall\`.

Examples:
  posy python upgrade
  posy python upgrade 3.12 pypy3.10
`,
  pin: `
The pin is written to \`.python-version\` in this folder. Every command that
takes \`--python\` uses the nearest pin, in this folder or above it within the
project, unless \`--python\`, POSY_PYTHON or UV_PYTHON is given. \`--python any\`
ignores pins.

Examples:
  posy python pin 3.13
  posy python pin --resolved
  posy python pin --global 3.12
`,
  uninstall: `
Only Pythons in the store are removed, never those installed on this machine
by other means. Environments that use a removed Python are created again when
needed.

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
The exit status is 1 if the pybi breaks a rule of the format. Warnings are
about what the format leaves open.

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
The distribution may be for any platform. It is a file that was downloaded
before.

Example:
  posy pybi convert python.3.13.5.nupkg -o pybis
`,
  index: `
\`pip\`, \`uv\` and \`posy\` can then use the folder as an index: by its path, or
served by any web server.

Example:
  posy pybi index pybis && posy run --python-index pybis -- python
`,
  cache: `
Nothing is lost by cleaning: Posy downloads and builds again what it needs.
`,
  "cache verify": `
The exit status is 1 if something is damaged and was not repaired.

Examples:
  posy cache verify
  posy cache verify --full --repair
`,
  doctor: `
Each line is \`ok\`, a \`note\` about something unusual, or a \`problem\` with a
hint how to fix it. The exit status is 1 if there is a problem. \`--offline\`
asks no index.

Example:
  posy doctor --json
`,
  self: `
Examples:
  posy self info
  posy self update --from https://example.org/posy
`,
  "self info": `
Example:
  posy self info --json
`,
  update: `
A release is a folder with \`SHA256SUMS\` and a file for each platform. With
\`--version\`, it is FROM/VERSION, or FROM if it has that version. The variable
POSY_RELEASES says where releases are if \`--from\` is left out. The new program
must have the right hash, and must run, before it replaces the old one. If npm
or a tool for Python packages installed Posy, that tool updates it.

Examples:
  posy self update --from https://example.org/posy
  posy self update --from ./dist --version 1.2.0
`,
  "self uninstall": `
Posy lists what it would remove, and asks. Projects and their environments'
links stay; without \`--purge\`, so do the store and the cache.

Example:
  posy self uninstall --purge --yes
`,
  completions: `
The shells are bash, zsh, fish and powershell. The script completes commands,
options and values, the names in a project, the names of cached packages, and
the Pythons of this machine.

Examples:
  echo 'eval "$(posy completions bash)"' >> ~/.bashrc
  echo 'eval "$(posy completions zsh)"' >> ~/.zshrc
  posy completions fish > ~/.config/fish/completions/posy.fish
  posy completions powershell >> $PROFILE
`,
  prune: `
Posy keeps what is needed by projects, tools, running programs and commands that
ran lately, Pythons that were asked for, and what is younger than ten minutes.

Examples:
  posy cache prune --dry-run
  posy cache prune --max-size 20GB
  posy cache prune --ci
`,
  clean: `
The parts are envs, wheels and pythons (in the store), and http, metadata,
artifacts, builds, git, briefs, probes, shells and scripts (in the cache). What
installed tools and running programs use stays.

Examples:
  posy cache clean
  posy cache clean envs builds
`,
} as const satisfies Readonly<Record<string, string>>;
