import { win32 } from "node:path";

/**
 * Returns the activation scripts that `venv` writes, by file name. Posy does not need them, but editors do: VS Code
 * sources `bin/activate` without checking that it exists, PyCharm reads the variables of run configurations from it.
 * If the shell tells a script its path, `VIRTUAL_ENV` is derived from that path. A terminal that was activated through
 * a project's link `.posy/env` therefore stays right when the lock changes. Other shells get `prefix`.
 */
export function activateScripts(prefix: string, windows: boolean): Readonly<Record<string, string>> {
  const common = { activate: forSh(prefix, windows), "Activate.ps1": forPowerShell(windows) };
  if (!windows) return { ...common, "activate.fish": forFish() };
  return { ...common, "activate.bat": batch(activateBatch), "deactivate.bat": batch(deactivateBatch) };
}

/**
 * For bash, zsh, dash, ksh. Saved variables have the names that `venv` uses, so that the scripts of both can deactivate
 * each other's environments.
 */
function forSh(prefix: string, windows: boolean): string {
  const fixed = windows ? prefix.replaceAll(win32.sep, "/") : prefix;
  return `# To be sourced: . ${windows ? "Scripts" : "bin"}/activate

deactivate () {
    if [ -n "\${_OLD_VIRTUAL_PATH+set}" ]; then
        PATH="$_OLD_VIRTUAL_PATH"
        export PATH
        unset _OLD_VIRTUAL_PATH
    fi
    if [ -n "\${_OLD_VIRTUAL_PYTHONHOME+set}" ]; then
        PYTHONHOME="$_OLD_VIRTUAL_PYTHONHOME"
        export PYTHONHOME
        unset _OLD_VIRTUAL_PYTHONHOME
    fi
    if [ -n "\${_OLD_VIRTUAL_PS1+set}" ]; then
        PS1="$_OLD_VIRTUAL_PS1"
        unset _OLD_VIRTUAL_PS1
    fi
    unset VIRTUAL_ENV VIRTUAL_ENV_PROMPT
    hash -r 2>/dev/null || :
    [ "\${1-}" = nondestructive ] || unset -f deactivate
}
deactivate nondestructive

_posy_self=
if [ -n "\${BASH_VERSION-}" ]; then
    _posy_self="$BASH_SOURCE"
elif [ -n "\${ZSH_VERSION-}" ]; then
    eval '_posy_self="\${(%):-%x}"'
fi
case "$_posy_self" in
    */*) VIRTUAL_ENV="$(CDPATH= cd -- "\${_posy_self%/*}/.." && pwd)" ;;
    *) VIRTUAL_ENV='${fixed.replaceAll("'", `'\\''`)}' ;;
esac
export VIRTUAL_ENV

case "$VIRTUAL_ENV" in
    */.posy/env*) _posy_self="\${VIRTUAL_ENV%/.posy/env*}" ;;
    */.venv) _posy_self="\${VIRTUAL_ENV%/.venv}" ;;
    *) _posy_self=posy ;;
esac
VIRTUAL_ENV_PROMPT="\${_posy_self##*/}"
export VIRTUAL_ENV_PROMPT
unset _posy_self

_OLD_VIRTUAL_PATH="$PATH"
PATH="$VIRTUAL_ENV/${windows ? "Scripts" : "bin"}:$PATH"
export PATH
if [ -n "\${PYTHONHOME+set}" ]; then
    _OLD_VIRTUAL_PYTHONHOME="$PYTHONHOME"
    unset PYTHONHOME
fi
if [ -z "\${VIRTUAL_ENV_DISABLE_PROMPT-}" ] && [ -n "\${PS1-}" ]; then
    _OLD_VIRTUAL_PS1="$PS1"
    PS1="($VIRTUAL_ENV_PROMPT) $PS1"
fi
hash -r 2>/dev/null || :
`;
}

function forFish(): string {
  return `# To be sourced: source bin/activate.fish

function deactivate -d "leave the environment"
    if set -q _OLD_VIRTUAL_PATH
        set -gx PATH $_OLD_VIRTUAL_PATH
        set -e _OLD_VIRTUAL_PATH
    end
    if set -q _OLD_VIRTUAL_PYTHONHOME
        set -gx PYTHONHOME $_OLD_VIRTUAL_PYTHONHOME
        set -e _OLD_VIRTUAL_PYTHONHOME
    end
    set -e VIRTUAL_ENV
    test "$argv[1]" = nondestructive; or functions -e deactivate
end
deactivate nondestructive

set -l posy_self (status filename)
string match -q "/*" -- $posy_self; or set posy_self $PWD/$posy_self
set -gx VIRTUAL_ENV (dirname (dirname $posy_self))
set -g _OLD_VIRTUAL_PATH $PATH
set -gx PATH $VIRTUAL_ENV/bin $PATH
if set -q PYTHONHOME
    set -g _OLD_VIRTUAL_PYTHONHOME $PYTHONHOME
    set -e PYTHONHOME
end
`;
}

function forPowerShell(windows: boolean): string {
  return `# To be run: . ${windows ? "Scripts" : "bin"}/Activate.ps1

function global:deactivate([switch]$NonDestructive) {
    if (Test-Path Variable:global:_OLD_VIRTUAL_PATH) {
        $env:PATH = $global:_OLD_VIRTUAL_PATH
        Remove-Variable -Name _OLD_VIRTUAL_PATH -Scope Global
    }
    if (Test-Path Variable:global:_OLD_VIRTUAL_PYTHONHOME) {
        $env:PYTHONHOME = $global:_OLD_VIRTUAL_PYTHONHOME
        Remove-Variable -Name _OLD_VIRTUAL_PYTHONHOME -Scope Global
    }
    if (Test-Path Env:VIRTUAL_ENV) { Remove-Item Env:VIRTUAL_ENV }
    if (-not $NonDestructive) { Remove-Item Function:deactivate }
}
deactivate -NonDestructive

$env:VIRTUAL_ENV = Split-Path -Parent $PSScriptRoot
$global:_OLD_VIRTUAL_PATH = $env:PATH
$env:PATH = $PSScriptRoot + [IO.Path]::PathSeparator + $env:PATH
if (Test-Path Env:PYTHONHOME) {
    $global:_OLD_VIRTUAL_PYTHONHOME = $env:PYTHONHOME
    Remove-Item Env:PYTHONHOME
}
`;
}

const activateBatch = [
  "@echo off",
  'if defined _OLD_VIRTUAL_PATH set "PATH=%_OLD_VIRTUAL_PATH%"',
  'set "_OLD_VIRTUAL_PATH=%PATH%"',
  'for %%I in ("%~dp0..") do set "VIRTUAL_ENV=%%~fI"',
  'set "PATH=%VIRTUAL_ENV%\\Scripts;%PATH%"',
  'if defined PYTHONHOME set "_OLD_VIRTUAL_PYTHONHOME=%PYTHONHOME%"',
  "set PYTHONHOME=",
];

const deactivateBatch = [
  "@echo off",
  'if defined _OLD_VIRTUAL_PATH set "PATH=%_OLD_VIRTUAL_PATH%"',
  'if defined _OLD_VIRTUAL_PYTHONHOME set "PYTHONHOME=%_OLD_VIRTUAL_PYTHONHOME%"',
  "set _OLD_VIRTUAL_PATH=",
  "set _OLD_VIRTUAL_PYTHONHOME=",
  "set VIRTUAL_ENV=",
];

function batch(lines: readonly string[]): string {
  return lines.map((line) => `${line}\r\n`).join("");
}
