/** The completions for Zsh: a file `_posy` in a folder of `fpath`, or code to evaluate after `compinit`. */
export const zshScript = String.raw`#compdef posy
# Completions of posy for Zsh. Written by "posy completions zsh".
_posy() {
  local program=${"$"}{(Q)words[1]} paths line ret=1
  local -a lines entries
  program=${"$"}{program/#\~/$HOME}
  lines=("${"$"}{(@f)$("$program" __complete "=${"$"}{(Q)PREFIX}" "${"$"}{(@Q)words[2,CURRENT-1]}" 2>/dev/null)}")
  paths=$lines[1]
  shift lines
  for line in $lines; do
    # A colon separates the word from its description.
    entries+=("${"$"}{${"$"}{line%%$'\t'*}//:/\\:}:${"$"}{line#*$'\t'}")
  done
  if (( $#entries )); then
    _describe -t words posy entries && ret=0
  fi
  case $paths in
    files) compset -P '--*='; _files && ret=0 ;;
    folders) compset -P '--*='; _files -/ && ret=0 ;;
  esac
  return ret
}
if [ "$funcstack[1]" = "_posy" ]; then
  _posy "$@"
else
  compdef _posy posy
fi
`;
