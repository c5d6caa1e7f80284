const offThePath = `    _posy_path=":$PATH:"
    _posy_path="\${_posy_path//":$POSY_SHELL/bin:"/:}"
    _posy_path="\${_posy_path#:}"
    PATH="\${_posy_path%:}"
    unset _posy_path
`;

/**
 * What shells read when they start for an environment, by its path in a folder of their own: first the user's own file, then
 * `activate` of the environment that `POSY_SHELL` names. In that order, since those files put folders before all others of the
 * PATH (pyenv's for one), which hides what is in an environment that was there before.
 */
export const startUpFiles: Readonly<Record<string, string>> = {
  bashrc: `# Made by \`posy shell\`.
if [ -f ~/.bashrc ]; then . ~/.bashrc; fi
${activation("bash")}`,
  // zsh looks for its files in ZDOTDIR: here, while it starts, and from then on where the user has them.
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

/** For fish, which takes commands that it runs behind its own files. */
export const fishActivation = [
  'while set -l posy_at (contains -i -- "$POSY_SHELL/bin" $PATH); set -e PATH[$posy_at]; end',
  'source "$POSY_SHELL/bin/activate.fish"',
].join("; ");

/** The environment's folder is on the PATH already, for what does not read this: once is enough, and `deactivate` takes it away. */
function activation(shell: "bash" | "zsh"): string {
  return `if [ -n "\${POSY_SHELL-}" ] && [ -f "$POSY_SHELL/bin/activate" ]; then
${shell === "bash" ? offThePath : '    path=("${(@)path:#$POSY_SHELL/bin}")\n'}    . "$POSY_SHELL/bin/activate"
fi
`;
}
