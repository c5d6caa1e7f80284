/** Whether a path has the name of a lock file: `pylock.toml` or `pylock.NAME.toml` (PEP 751, "File Name"). */
export function isLockName(path: string): boolean {
  const name = path.split(/[\\/]/).at(-1) ?? "";
  return /^pylock\.([^.]+\.)?toml$/.test(name);
}
