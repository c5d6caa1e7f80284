/**
 * Returns the last lines of sh that start the interpreter of an application: `python`, a file name in the folder of
 * programs. PYTHONHOME is of another Python, which may have started the program. `-s` keeps the packages in the user's
 * home folder out (`site`).
 */
export function startOfOwnPython(python: string): string {
  return `unset PYTHONHOME
exec "$here/${python}" -s`;
}

/**
 * Returns the last lines of sh that start the user's Python, with the packages in the folder above. `minor` is the
 * version that they are for: `3.13`.
 */
export function startOfUsersPython(minor: string): string {
  return `PYTHONPATH="\${here%/*}\${PYTHONPATH:+:$PYTHONPATH}"
export PYTHONPATH
exec "$(command -v python${minor} || echo python3)"`;
}

/**
 * Returns the first lines of a script that runs with the interpreter that `start` starts (`startOfOwnPython`). They
 * are read twice: by sh, which finds the folder and starts Python, and by Python, for which they are a string. A link
 * to the script may be anywhere, so links are followed first. `readlink`, `cd` and `pwd -P` are in POSIX, and in
 * every system that has an sh (also in BusyBox).
 */
export function movableHead(start: string): string {
  return `#!/bin/sh
''':'
${findFolder}${start} "$0" "$@"
'''
`;
}

/** Returns a program for sh that starts Python with a script in its own folder. */
export function scriptStarter(start: string, script: string): string {
  return `#!/bin/sh
${findFolder}${start} "$here/${script}" "$@"
`;
}

/** Contains neither a backslash nor three quotation marks, because Python reads it as a string. */
const findFolder = `self=$0
case $self in
  */*) ;;
  *) [ -f "$self" ] && self=./$self || self=$(command -v "$self") ;;
esac
while [ -h "$self" ]; do
  link=$(readlink -- "$self")
  case $link in
    /*) self=$link ;;
    *) self=\${self%/*}/$link ;;
  esac
done
here=$(CDPATH= cd -- "\${self%/*}" && pwd -P) || exit
`;
