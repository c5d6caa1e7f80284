/** Whether a file is a lock by its name, by which tools look for it: `pylock.toml`, `pylock.NAME.toml` (PEP 751). */
export function isLockName(path: string): boolean {
  const name = path.split(/[\\/]/).at(-1) ?? "";
  return /^pylock\.([^.]+\.)?toml$/.test(name);
}
