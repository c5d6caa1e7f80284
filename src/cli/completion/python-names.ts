import { readdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Returns the versions of the Pythons in the store, such as `3.13.5` and `pypy3.10.14`. */
export function storedPythonNames(pythons: string): readonly string[] {
  const names = entriesOf(pythons).flatMap((identity) => {
    try {
      const metadata = readFileSync(join(pythons, identity, "pybi-info", "METADATA"), "utf8");
      const [, name = "", version = ""] = /^Name: *(\S+)[^]*?^Version: *(\S+)/m.exec(metadata) ?? [];
      return version === "" ? [] : [/^pypy/i.test(name) ? `pypy${version}` : version];
    } catch {
      return [];
    }
  });
  return newestFirst(names);
}

/**
 * Returns Python requests: the minor versions in the store, on the PATH and in cached listings of
 * python-build-standalone, and the exact versions in the store.
 */
export function pythonNames(pythons: string, http: string, path: string): readonly string[] {
  const stored = storedPythonNames(pythons);
  const onPath = path
    .split(delimiter)
    .flatMap((folder) => (folder === "" ? [] : entriesOf(folder)))
    .flatMap((name) => /^(?:python|(pypy))(3\.\d+)(?:\.exe)?$/.exec(name) ?? [])
    .filter((name) => /^(pypy)?3\./.test(name ?? ""));
  const listed = entriesOf(http)
    .filter((file) => file.endsWith(".pythons"))
    .flatMap((file) => {
      const text = readFileSync(join(http, file), "latin1");
      return [...text.matchAll(/cpython-(3\.\d+)\./g)].map(([, version = ""]) => version);
    });
  const minors = [...stored, ...listed, ...onPath].map((name) => /^\D*\d+\.\d+/.exec(name)?.[0] ?? name);
  return [...newestFirst(minors), ...stored];
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function newestFirst(names: readonly string[]): readonly string[] {
  const compare = new Intl.Collator("en", { numeric: true }).compare;
  return [...new Set(names)].sort((one, other) => compare(other, one));
}
