import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { exists, type Home, writeAtomic } from "../../system/fs/index.ts";

/** Starts the next program that has the name in `$name` on the PATH. */
const startNext = `IFS=:
set -f
for folder in $PATH; do
  [ "$folder" = "\${0%/*}" ] || [ ! -x "$folder/$name" ] || exec "$folder/$name" "$@"
done
echo "$name: not found" >&2
exit 127
`;

/**
 * `pip` for programs that run in an Env without pip: a shell, a notebook (`!pip install six`), a build script. They
 * would start the pip of another Python, which changes that one. This script refuses, and says what to do. Outside of
 * an Env, such as after `deactivate`, it starts the next pip on the PATH.
 */
const script = `#!/bin/sh
# \`posy run\` and \`posy shell\` put the folder of this file on the PATH, after the programs of the environment.
name=\${0##*/}
case \${VIRTUAL_ENV-} in
  */envs-v[0-9]*/* | */.posy/env*) ;;
  *)
${startNext}    ;;
esac
packages=
if [ "\${1-}" = install ]; then
  for word in "$@"; do
    case $word in
      -* | install) ;;
      *) packages="$packages $word" ;;
    esac
  done
fi
echo "error: there is no \\\`$name\\\` in the environment, and a $name of another Python can't change it" >&2
echo "hint: \\\`posy add\${packages:- PACKAGE}\\\` adds to the project, \\\`posy run --with PACKAGE\\\` to a single run" >&2
exit 1
`;

/**
 * `uv` for programs that run in an Env: it would change the Env of VIRTUAL_ENV. Refuses the same commands as
 * `refuseInstaller`, and starts the next uv on the PATH for all others.
 */
const uvScript = `#!/bin/sh
# \`posy run\` and \`posy shell\` put the folder of this file on the PATH, after the programs of the environment.
name=uv
case \${VIRTUAL_ENV-} in
  */envs-v[0-9]*/* | */.posy/env*)
    action= packages= previous= elsewhere=\${UV_PYTHON-}\${UV_SYSTEM_PYTHON-}
    for word in "$@"; do
      case $word in
        --target | --target=* | -t* | --prefix | --prefix=* | --system | --dry-run | --help | -h) elsewhere=1 ;;
        --python | --python=* | -p*) elsewhere=1 ;;
        install | uninstall | sync) [ "$previous" != pip ] || action=$word ;;
        -*) ;;
        *) [ -z "$action" ] || packages="$packages $word" ;;
      esac
      previous=$word
    done
    if [ -n "$action" ] && [ -z "$elsewhere" ]; then
      echo "error: \\\`uv pip $action\\\` would change an environment that Posy never changes, because projects share it" >&2
      if [ "$action" = uninstall ]; then
        echo "hint: \\\`posy remove\${packages:- PACKAGE}\\\` removes it from the project" >&2
      else
        [ "$action" = install ] || packages=" -r\${packages:- FILE}"
        echo "hint: \\\`posy add\${packages:- PACKAGE}\\\` adds it to the project, \\\`posy run --with PACKAGE\\\` to a single run" >&2
      fi
      exit 1
    fi
    ;;
esac
${startNext}`;

const batch = `@echo off
>&2 echo error: there is no \`%~n0\` in the environment, and a %~n0 of another Python can't change it
>&2 echo hint: \`posy add PACKAGE\` adds to the project, \`posy run --with PACKAGE\` to a single run
exit /b 1
`;

/**
 * Writes the programs of the folder `guards`, if they are missing: `pip`, `pip3`, and on Linux and macOS `uv`. A
 * failure is ignored: they only explain.
 */
export async function writePipGuard({ guards }: Pick<Home, "guards">): Promise<void> {
  const programs =
    process.platform === "win32"
      ? ["pip.cmd", "pip3.cmd"].map((name) => [name, batch.replaceAll("\n", "\r\n")] as const)
      : ([
          ["pip", script],
          ["pip3", script],
          ["uv", uvScript],
        ] as const);
  for (const [name, text] of programs) {
    const path = join(guards, name);
    if (await exists(path).catch(() => true)) continue;
    await writeAtomic(path, text)
      .then(() => chmod(path, 0o755))
      .catch(() => {});
  }
}
