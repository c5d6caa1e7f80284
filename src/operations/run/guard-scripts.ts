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
export const pipScript = `#!/bin/sh
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
export const uvScript = `#!/bin/sh
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
