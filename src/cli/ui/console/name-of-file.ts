/**
 * Returns how a person would name a downloaded file: `Python 3.14.3` or `numpy 2.5.5`. A file with a name of another
 * form keeps its name.
 */
export function nameOfFile(filename: string): string {
  const [, implementation, python] = /^(cpython|pypy)(?:[_-]freethreaded)?-(\d[\w.]*)/.exec(filename) ?? [];
  if (python !== undefined) return `${implementation === "pypy" ? "PyPy" : "Python"} ${python}`;
  const [, name, version] =
    /^([A-Za-z0-9][\w.]*)-([^-]+)-.*\.whl$/.exec(filename) ??
    /^([A-Za-z0-9][\w.-]*)-(\d[^-/]*)\.(?:tar\.gz|tgz|zip|tar\.bz2|tar\.xz)$/.exec(filename) ??
    [];
  return name === undefined ? filename : `${name.replaceAll("_", "-")} ${version ?? ""}`;
}
