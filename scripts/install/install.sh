#!/bin/sh
# shellcheck disable=SC2016 # Backquotes in messages are no commands.
#
# Installs Posy for the current user, without root:
#
#     sh install.sh [--from URL-OR-FOLDER] [--version VERSION] [--dir DIR]
#
# `sh install.sh --help` lists all options. The script works in dash, bash, busybox and zsh. It needs curl or wget for a
# URL, and a program that computes SHA-256.
set -eu
if [ -n "${ZSH_VERSION:-}" ]; then emulate sh; fi

# `npm run build -- --all --from URL` writes the address of the release here.
default_from=''

# Everything is in functions, and the last line calls one. So a script that was downloaded only in part does nothing.
usage() {
  cat <<'END'
Installs Posy for the current user, without root.

Usage: install.sh [OPTIONS]

Options:
  --from URL-OR-FOLDER  the release, a folder with SHA256SUMS (default: the
                        folder of this script)
  --version VERSION     install this version: from FROM/VERSION, or from FROM
                        if it has that version
  --dir DIR             the folder to install to (default: $XDG_BIN_HOME,
                        otherwise ~/.local/bin)
  --platform NAME       install for this platform, such as linux-x86_64-musl
                        (default: the platform of this machine)
  --modify-path         add the folder to PATH in the shell's profile
  --no-modify-path      do not change PATH, and do not ask
  --no-completions      write no completions for bash, zsh and fish
  --uninstall           remove Posy, its completions and the line in the profile
  -h, --help            show this help
END
}

fail() {
  printf 'error: %s\n' "$1" >&2
  [ -z "${2:-}" ] || printf 'hint: %s\n' "$2" >&2
  exit "${3:-1}"
}

has() {
  command -v "$1" >/dev/null 2>&1
}

main() {
  from='' version='' dir='' platform='' modify_path=ask completions=yes action=install
  work='' created='' tried=''
  while [ $# -gt 0 ]; do
    case $1 in
      --from=* | --version=* | --dir=* | --platform=*)
        option=${1%%=*} value=${1#*=}
        shift
        set -- "$option" "$value" "$@"
        continue
        ;;
      --from | --version | --dir | --platform)
        if [ $# -lt 2 ] || [ -z "$2" ]; then fail "\`$1\` needs a value" '`--help` lists the options' 2; fi
        case $1 in
          --from) from=$2 ;;
          --version) version=${2#v} ;;
          --dir) dir=$2 ;;
          --platform) platform=$2 ;;
        esac
        shift
        ;;
      --modify-path) modify_path=yes ;;
      --no-modify-path) modify_path=no ;;
      --no-completions) completions=no ;;
      --uninstall) action=uninstall ;;
      -h | --help)
        usage
        exit 0
        ;;
      *) fail "there is no option \`$1\`" '`--help` lists the options' 2 ;;
    esac
    shift
  done

  choose_dir
  choose_profile
  case $action in
    install) install_posy ;;
    uninstall) uninstall_posy ;;
  esac
}

choose_dir() {
  if [ -z "$dir" ]; then
    if [ -n "${XDG_BIN_HOME:-}" ]; then
      dir=$XDG_BIN_HOME
    elif [ -n "${HOME:-}" ]; then
      dir=$HOME/.local/bin
    else
      fail '`HOME` is not set' 'pass the folder to install to: --dir DIR'
    fi
  fi
  # A relative path would not work in PATH.
  case $dir in
    /*) ;;
    *) dir=$(pwd)/$dir ;;
  esac
  dir=${dir%/}
  data=${XDG_DATA_HOME:-${HOME:-}/.local/share}
}

# The release: --from, otherwise the address that was written into this script, otherwise the folder of this script.
choose_from() {
  [ -n "$from" ] || from=$default_from
  if [ -z "$from" ] && [ -f "$0" ]; then
    case $0 in
      */*) from=${0%/*} ;;
      *) from=. ;;
    esac
    [ -f "$from/SHA256SUMS" ] || from=''
  fi
  [ -n "$from" ] || fail 'it is not known where to install from' 'pass the release: --from URL-OR-FOLDER' 2
  case $from in
    file://*) from=${from#file://} ;;
  esac
  from=${from%/}
}

# Sets `platform` to Posy's name of this machine.
choose_platform() {
  known='linux-x86_64 linux-aarch64 linux-x86_64-musl linux-aarch64-musl macos-x86_64 macos-arm64'
  if [ -z "$platform" ]; then
    system=$(uname -s) machine=$(uname -m)
    case $system in
      Linux) linux_platform ;;
      Darwin) macos_platform ;;
      MINGW* | MSYS* | CYGWIN* | Windows*)
        fail 'this script is for Linux and macOS' 'run install.ps1 in PowerShell instead'
        ;;
      *) fail "there is no Posy for \`$system\` on \`$machine\`" "there is one for $known" ;;
    esac
  fi
  case " $known " in
    *" $platform "*) ;;
    *) fail "there is no Posy for the platform \`$platform\`" "there is one for $known" ;;
  esac
}

linux_platform() {
  case $machine in
    x86_64 | amd64) arch=x86_64 loader=/lib64/ld-linux-x86-64.so.2 ;;
    aarch64 | arm64) arch=aarch64 loader=/lib/ld-linux-aarch64.so.1 ;;
    *) fail "there is no Posy for \`$system\` on \`$machine\`" "there is one for $known" ;;
  esac
  # The fifth byte of a program says whether it has 32 or 64 bits. A 64-bit kernel also runs systems of 32 bits.
  bits=$(head -c 5 /proc/self/exe 2>/dev/null | tail -c 1 | od -An -tu1 2>/dev/null | tr -d ' ' || true)
  [ "$bits" != 1 ] || fail "there is no Posy for \`$system\` with 32 bits" "there is one for $known"

  # The C library of the system's own programs. Both may be installed.
  glibc=$(getconf GNU_LIBC_VERSION 2>/dev/null | sed -n 's/^glibc //p' || true)
  if [ -z "$glibc" ]; then
    # musl's ldd writes to standard error and fails.
    text=$(ldd --version 2>&1 || true)
    case $text in
      *musl*) glibc='' ;;
      *) glibc=$(printf '%s\n' "$text" | sed -n '1s/^ldd .* \([0-9][0-9]*\.[0-9][0-9]*\)$/\1/p') ;;
    esac
    if [ -z "$glibc" ] && [ -e "/lib/ld-musl-$arch.so.1" ]; then
      platform=linux-$arch-musl
      return
    fi
    [ -n "$glibc" ] || [ -e "$loader" ] ||
      fail 'the C library of this system is neither glibc nor musl' \
        "pass the platform if you know better: --platform linux-$arch"
  fi
  platform=linux-$arch
  case $glibc in
    2.[0-9] | 2.1[0-6] | [01].*)
      fail "the C library of this system, glibc $glibc, is too old" 'Posy needs glibc 2.17 or later (2012)'
      ;;
  esac
}

macos_platform() {
  # Under Rosetta, an arm64 Mac calls itself x86_64.
  if [ "$machine" = x86_64 ] && [ "$(sysctl -n sysctl.proc_translated 2>/dev/null || echo 0)" = 1 ]; then
    machine=arm64
  fi
  case $machine in
    arm64 | x86_64) platform=macos-$machine ;;
    *) fail "there is no Posy for \`$system\` on \`$machine\`" "there is one for $known" ;;
  esac
  release=$(sw_vers -productVersion 2>/dev/null || echo 13)
  [ "${release%%.*}" -ge 13 ] || fail "macOS $release is too old" 'Posy needs macOS 13 or later'
}

# fetch NAME FILE: gets a file of the release. Sets `reason` and returns 1 if that fails.
fetch() {
  case $from in
    http://* | https://*)
      url=$from/$1
      if has curl; then
        set -- curl --fail --silent --show-error --location --retry 2 --output "$2" "$url"
      elif has wget; then
        set -- wget -q -O "$2" "$url"
      else
        fail 'neither curl nor wget was found' 'install one of them, or download the release and pass its folder: --from FOLDER'
      fi
      ;;
    *)
      url=$from/$1
      set -- cp "$url" "$2"
      ;;
  esac
  if reason=$("$@" 2>&1); then
    return 0
  fi
  tried=$url
  return 1
}

sha256_of() {
  if has sha256sum; then
    sha256sum <"$1" | cut -d ' ' -f 1
  elif has shasum; then
    shasum -a 256 <"$1" | cut -d ' ' -f 1
  elif has openssl; then
    openssl dgst -sha256 <"$1" | sed 's/^.* //'
  else
    fail 'no program that computes SHA-256 was found' 'install sha256sum, shasum or openssl'
  fi
}

# checksum_of NAME: prints the checksum that the release has for a file.
checksum_of() {
  sed -n "s/^\([0-9a-f]\{64\}\)  $1\$/\1/p" "$work/SHA256SUMS"
}

# check NAME FILE: compares a file with the checksum of the release.
check() {
  wanted=$(checksum_of "$1")
  actual=$(sha256_of "$2")
  [ "$actual" = "$wanted" ] ||
    fail "\`$1\` is damaged: its SHA-256 is $actual, SHA256SUMS has $wanted" \
      'run the installer again; if it fails again, report it to whoever offers the release'
}

# Makes a folder and the folders above it, and notes the first one that did not exist.
make_dir() {
  missing=$1
  while [ ! -d "${missing%/*}" ] && [ -n "${missing%/*}" ]; do missing=${missing%/*}; done
  [ -d "$1" ] || created=$missing
  reason=$(mkdir -p "$1" 2>&1) || fail "the folder \`$1\` can't be made: $reason" 'pass another one: --dir DIR'
}

# Runs at every exit: nothing unfinished is left behind.
clean_up() {
  [ -z "$work" ] || rm -rf "$work"
  if [ -n "$created" ]; then
    # Only folders that are empty are removed.
    folder=$dir
    while rmdir "$folder" 2>/dev/null; do
      [ "$folder" != "$created" ] || break
      folder=${folder%/*}
    done
  fi
}

install_posy() {
  choose_from
  choose_platform
  [ ! -d "$dir/posy" ] || fail "\`$dir/posy\` is a folder" 'pass another folder: --dir DIR'
  trap clean_up EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  make_dir "$dir"
  # In the same folder, so that the last step is to rename a file, which is never half done.
  for old in "$dir"/.posy-install.*; do
    # An installer that was killed could not remove its folder.
    if [ -d "$old" ] && ! kill -0 "${old##*.}" 2>/dev/null; then rm -rf "$old"; fi
  done
  work=$dir/.posy-install.$$
  reason=$(mkdir "$work" 2>&1) || {
    work=''
    fail "\`$dir\` can't be written to: $reason" 'pass another folder: --dir DIR'
  }

  if [ -n "$version" ]; then
    base=$from
    from=$base/$version
    fetch SHA256SUMS "$work/SHA256SUMS" || from=$base
  fi
  [ -s "$work/SHA256SUMS" ] || fetch SHA256SUMS "$work/SHA256SUMS" ||
    fail "\`$tried\` can't be read: $reason" 'check the address: the release is a folder with SHA256SUMS'
  printf 'installing Posy for %s from %s\n' "$platform" "$from" >&2
  name=posy-$platform
  [ -n "$(checksum_of "$name")" ] ||
    fail "the release \`$from\` has no \`$name\`" 'pass another release: --from URL-OR-FOLDER'
  if has gzip && [ -n "$(checksum_of "$name.gz")" ]; then
    fetch "$name.gz" "$work/$name.gz" || fail "\`$tried\` can't be read: $reason" 'run the installer again'
    check "$name.gz" "$work/$name.gz"
    reason=$(gzip -d "$work/$name.gz" 2>&1) || fail "\`$name.gz\` can't be unpacked: $reason" 'is there enough space?'
  else
    fetch "$name" "$work/$name" || fail "\`$tried\` can't be read: $reason" 'run the installer again'
  fi
  check "$name" "$work/$name"
  chmod 755 "$work/$name"
  # Browsers mark what they download, and macOS refuses to run it.
  ! has xattr || xattr -d com.apple.quarantine "$work/$name" 2>/dev/null || true
  try_posy "$work/$name"
  if [ -n "$version" ] && [ "$answer" != "posy $version" ]; then
    fail "the release \`$from\` has $answer, not $version" 'pass the release with that version: --from URL-OR-FOLDER'
  fi
  reason=$(mv -f "$work/$name" "$dir/posy" 2>&1) ||
    fail "\`$dir/posy\` can't be replaced: $reason" 'pass another folder: --dir DIR'
  rm -rf "$work"
  work='' created=''
  printf 'installed %s to %s\n' "$answer" "$dir/posy" >&2
  [ "$completions" = no ] || write_completions
  offer_path
}

# Runs the new program before it replaces an old one, and sets `answer` to what it prints.
try_posy() {
  code=0
  answer=$("$1" --version 2>"$work/messages") || code=$?
  [ "$code" -ne 0 ] || [ -z "$answer" ] || return 0
  advice="pass the platform if it is not $platform: --platform NAME"
  if grep -q 'libstdc++\|libgcc_s' "$work/messages"; then
    advice='install the libraries of C++ (Alpine: apk add libstdc++), then run the installer again'
  elif [ "$code" -eq 132 ]; then
    advice='this processor lacks instructions that Posy needs (x86-64-v3, AVX2)'
  elif [ ! -e /proc/self ] && [ "${platform%%-*}" = linux ]; then
    advice='/proc is not mounted: mount it, then run the installer again'
  fi
  head -n 5 "$work/messages" >&2
  fail "Posy for $platform does not run on this machine (exit status $code)" "$advice"
}

# completion_file SHELL: prints where the shell looks for completions.
completion_file() {
  case $1 in
    bash) printf '%s\n' "$data/bash-completion/completions/posy" ;;
    zsh) printf '%s\n' "$data/zsh/site-functions/_posy" ;;
    fish) printf '%s\n' "$data/fish/vendor_completions.d/posy.fish" ;;
  esac
}

write_completions() {
  [ "$data" != /.local/share ] || return 0
  for shell in bash zsh fish; do
    has "$shell" || continue
    file=$(completion_file "$shell")
    text=$("$dir/posy" completions "$shell" 2>/dev/null) || continue
    if mkdir -p "${file%/*}" 2>/dev/null && printf '%s\n' "$text" 2>/dev/null >"$file"; then
      printf 'wrote completions for %s to %s\n' "$shell" "$file" >&2
    else
      printf 'warning: the completions for %s could not be written to %s\n' "$shell" "$file" >&2
    fi
  done
}

# Sets `profile` to the file that the user's shell reads at its start, and `line` to what goes in there.
choose_profile() {
  mark='# added by the installer of Posy'
  quoted=$(printf '%s\n' "$dir" | sed 's/[\\"$`]/\\&/g')
  line="export PATH=\"$quoted:\$PATH\" $mark"
  case ${SHELL:-} in
    */zsh) profile=${ZDOTDIR:-${HOME:-}}/.zshenv ;;
    */bash) profile=${HOME:-}/.bashrc ;;
    */fish)
      profile=${XDG_CONFIG_HOME:-${HOME:-}/.config}/fish/conf.d/posy.fish
      line="fish_add_path --global --path \"$quoted\" $mark"
      ;;
    *) profile=${HOME:-}/.profile ;;
  esac
}

offer_path() {
  case ":$PATH:" in
    *":$dir:"*) return 0 ;;
  esac
  if [ -f "$profile" ] && grep -qF "$line" "$profile"; then
    printf '%s is in the PATH of new shells (%s)\n' "$dir" "$profile" >&2
    return 0
  fi
  if [ "$modify_path" = ask ] && [ -t 2 ] && { : </dev/tty; } 2>/dev/null; then
    printf '%s is not in the PATH. Add it in %s? [y/N] ' "$dir" "$profile" >&2
    reply=''
    read -r reply </dev/tty || true
    case $reply in
      y | Y | yes | Yes | YES) modify_path=yes ;;
    esac
  fi
  if [ "$modify_path" = yes ]; then
    if mkdir -p "${profile%/*}" 2>/dev/null && printf '%s\n' "$line" 2>/dev/null >>"$profile"; then
      printf 'added %s to the PATH in %s; open a new shell to use it\n' "$dir" "$profile" >&2
      return 0
    fi
    printf 'warning: %s could not be written\n' "$profile" >&2
  fi
  printf 'to use it, add the folder to the PATH: export PATH="%s:$PATH"\n' "$dir" >&2
}

uninstall_posy() {
  removed=no
  set -- "$dir/posy"
  for shell in bash zsh fish; do set -- "$@" "$(completion_file "$shell")"; done
  for file in "$@"; do
    [ -f "$file" ] || continue
    reason=$(rm -f "$file" 2>&1) || fail "\`$file\` can't be removed: $reason" 'are you the user who installed it?'
    printf 'removed %s\n' "$file" >&2
    removed=yes
  done
  # `posy tool update-shell` adds a line to the profile of login shells, too.
  for file in "$profile" "${HOME:-}/.bash_profile" "${HOME:-}/.bash_login" "${HOME:-}/.profile"; do
    if [ -f "$file" ] && grep -qF "$mark" "$file"; then
      # The file may be a link, so its content is replaced and not the file.
      if kept=$(grep -vF "$mark" "$file"); then printf '%s\n' "$kept" >"$file"; else : >"$file"; fi
      printf 'removed the line of Posy from %s\n' "$file" >&2
      removed=yes
    fi
  done
  [ "$removed" = yes ] || fail "Posy is not installed in \`$dir\`" 'pass the folder that it is in: --dir DIR'
  printf 'the interpreters and packages that Posy downloaded are still there: %s\n' \
    "${POSY_HOME:-$data/posy, ${XDG_CACHE_HOME:-${HOME:-}/.cache}/posy}" >&2
}

main "$@"
