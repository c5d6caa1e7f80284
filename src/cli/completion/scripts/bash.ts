/**
 * The completions for Bash. They also work with Bash 3.2 of macOS, which has no `compopt`, and without bash-completion.
 */
export const bashScript = String.raw`# Completions of posy for Bash. Written by "posy completions bash".
_posy() {
  COMPREPLY=()
  local line=${"$"}{COMP_LINE:0:COMP_POINT} words last=-1 word gap i
  # Bash splits words at "=" and ":". Join the parts that have nothing between them.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=${"$"}{COMP_WORDS[i]}
    gap=${"$"}{line%%[![:space:]]*}
    line=${"$"}{line#"$gap"}
    if ((i == COMP_CWORD)); then word=$line; fi
    line=${"$"}{line#"$word"}
    if [[ -z $gap && $i -gt 0 ]]; then words[last]+=$word; else words[++last]=$word; fi
  done
  local current=${"$"}{words[last]} program=${"$"}{words[0]}
  current=${"$"}{current#[\"\']}
  program=${"$"}{program/#\~/$HOME}
  # Bash replaces only the part after the last "=" or ":".
  local part=$current before
  if [[ $COMP_WORDBREAKS == *=* ]]; then part=${"$"}{part##*=}; fi
  if [[ $COMP_WORDBREAKS == *:* ]]; then part=${"$"}{part##*:}; fi
  before=${"$"}{current%"$part"}
  local paths= value
  while IFS=$'\t' read -r value _; do
    if [[ -z $paths ]]; then
      paths=$value
    elif [[ $value == "$current"* ]]; then
      COMPREPLY+=("${"$"}{value#"$before"}")
    fi
  done < <("$program" __complete "=$current" "${"$"}{words[@]:1:last-1}" 2>/dev/null)
  case $paths in
    files | folders) ;;
    *) return ;;
  esac
  if [[ ${"$"}{#COMPREPLY[@]} -eq 0 ]] && type compopt >/dev/null 2>&1; then
    # Bash completes paths itself, with quotes and "~".
    if [[ $paths == files ]]; then compopt -o default; else compopt -o dirnames; fi
    return
  fi
  local kind=-f
  if [[ $paths == folders ]]; then kind=-d; fi
  while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen "$kind" -- "$part")
  if type compopt >/dev/null 2>&1; then compopt -o filenames; fi
}
complete -F _posy posy
`;
