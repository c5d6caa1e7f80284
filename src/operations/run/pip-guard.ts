import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { exists, type Home, writeAtomic } from "../../system/fs/index.ts";

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
    IFS=:
    for folder in $PATH; do
      [ "$folder" = "\${0%/*}" ] || [ ! -x "$folder/$name" ] || exec "$folder/$name" "$@"
    done
    echo "$name: not found" >&2
    exit 127
    ;;
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

const batch = `@echo off
>&2 echo error: there is no \`%~n0\` in the environment, and a %~n0 of another Python can't change it
>&2 echo hint: \`posy add PACKAGE\` adds to the project, \`posy run --with PACKAGE\` to a single run
exit /b 1
`;

/** Writes the programs of the folder `guards`, if they are missing. A failure is ignored: they only explain. */
export async function writePipGuard({ guards }: Pick<Home, "guards">): Promise<void> {
  const windows = process.platform === "win32";
  for (const name of ["pip", "pip3"]) {
    const path = join(guards, windows ? `${name}.cmd` : name);
    if (await exists(path)) continue;
    await writeAtomic(path, windows ? batch.replaceAll("\n", "\r\n") : script)
      .then(() => chmod(path, 0o755))
      .catch(() => {});
  }
}
