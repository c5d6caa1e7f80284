/** Bash code that removes the environment's folder from the PATH. */
const removeFromPath = `    _posy_path=":$PATH:"
    _posy_path="\${_posy_path//":$POSY_SHELL/bin:"/:}"
    _posy_path="\${_posy_path#:}"
    PATH="\${_posy_path%:}"
    unset _posy_path
`;

/**
 * The start-up files of a shell for an environment, by path. Each reads the user's file first, then `activate` of the
 * environment that `POSY_SHELL` names. The order matters: the user's files may put folders at the front of the PATH
 * (pyenv does), and these would hide the programs of an environment that was activated before.
 */
export const startUpFiles: Readonly<Record<string, string>> = {
  bashrc: `# Made by \`posy shell\`.
if [ -f ~/.bashrc ]; then . ~/.bashrc; fi
${activation("bash")}`,
  // zsh reads its files from ZDOTDIR. It is this folder while the shell starts, and the user's folder
  // afterwards.
  "zsh/.zshenv": `# Made by \`posy shell\`.
_posy_zdotdir=$ZDOTDIR
if [[ -n $POSY_ZDOTDIR ]]; then ZDOTDIR=$POSY_ZDOTDIR; else unset ZDOTDIR; fi
unset POSY_ZDOTDIR
if [[ -f \${ZDOTDIR:-$HOME}/.zshenv ]]; then . "\${ZDOTDIR:-$HOME}/.zshenv"; fi
_posy_own_zdotdir=$ZDOTDIR
ZDOTDIR=$_posy_zdotdir
`,
  "zsh/.zshrc": `# Made by \`posy shell\`.
if [[ -n $_posy_own_zdotdir ]]; then ZDOTDIR=$_posy_own_zdotdir; else unset ZDOTDIR; fi
# The system's own file may have put the history beside this one.
if [[ -n $HISTFILE && $HISTFILE == $_posy_zdotdir/* ]]; then HISTFILE=\${ZDOTDIR:-$HOME}/\${HISTFILE:t}; fi
unset _posy_zdotdir _posy_own_zdotdir
if [[ -f \${ZDOTDIR:-$HOME}/.zshrc ]]; then . "\${ZDOTDIR:-$HOME}/.zshrc"; fi
${activation("zsh")}`,
};

/** Fish code for `fish -C`, which runs it after the user's files. */
export const fishActivation = [
  "set -q _POSY_GUARDS; and set -gx PATH $_POSY_GUARDS $PATH",
  'while set -l posy_at (contains -i -- "$POSY_SHELL/bin" $PATH); set -e PATH[$posy_at]; end',
  'source "$POSY_SHELL/bin/activate.fish"',
].join("; ");

/**
 * Returns the shell code that activates the environment. The environment's folder is already on the PATH, for shells
 * that do not read this code. It is removed first, so that it is there only once and `deactivate` removes it. The
 * folder with the `pip` that refuses comes after it, and before what the user's files put in front (pyenv).
 */
function activation(shell: "bash" | "zsh"): string {
  return `if [ -n "\${POSY_SHELL-}" ] && [ -f "$POSY_SHELL/bin/activate" ]; then
${shell === "bash" ? removeFromPath : '    path=("${(@)path:#$POSY_SHELL/bin}")\n'}    PATH="\${_POSY_GUARDS:+$_POSY_GUARDS:}$PATH"
    . "$POSY_SHELL/bin/activate"
fi
`;
}
