import type { ZipFile } from "../../../system/archives/index.ts";
import type { PybiMetadata } from "../../../vocab/metadata/index.ts";
import { quote } from "../../../text/index.ts";
import { type Finding, finding } from "./rules.ts";

/** Checks the members of a pybi: those that every pybi needs, and those that none should have. */
export function checkTree(zip: ZipFile, metadata: PybiMetadata, forWindows: boolean): readonly Finding[] {
  const { paths } = metadata;
  return [
    ...checkInterpreter(zip, paths.scripts, forWindows),
    ...checkScripts(zip, paths.scripts),
    ...checkSitePackages(zip, new Set([paths.purelib, paths.platlib])),
    ...checkStdlib(zip, paths.stdlib),
    ...checkOrder(zip),
  ];
}

function checkInterpreter(zip: ZipFile, scripts: string, forWindows: boolean): readonly Finding[] {
  const path = `${scripts}/python${forWindows ? ".exe" : ""}`.replace(/^\.\//, "");
  const entry = zip.entry(path);
  if (entry === undefined || entry.kind === "directory") {
    return [finding("interpreter", `there is no interpreter: ${quote(path)}`, path)];
  }
  const isNotExecutable = entry.kind === "file" && entry.mode !== undefined && (entry.mode & 0o111) === 0;
  return isNotExecutable && !forWindows
    ? [finding("not-executable", `${quote(path)} is not executable`, path)]
    : [];
}

/** Reports scripts whose `#!` line has an absolute path: they only run on the build machine. */
function checkScripts(zip: ZipFile, scripts: string): readonly Finding[] {
  return zip.entries
    .filter(({ path, kind }) => kind === "file" && path.startsWith(`${scripts}/`))
    .flatMap((entry) => {
      const head = Buffer.from(zip.readSync(entry).subarray(0, 512)).toString("latin1");
      const [, program = ""] = /^#!\s*(\/[^\n]*(?:python|pypy)[^\n/]*)/.exec(head) ?? [];
      if (program === "" || program.startsWith("/usr/bin/env ")) return [];
      return [
        finding("absolute-shebang", `${quote(entry.path)} begins with ${quote(`#!${program}`)}`, entry.path),
      ];
    });
}

function checkSitePackages(zip: ZipFile, folders: ReadonlySet<string>): readonly Finding[] {
  const names = new Set<string>();
  for (const { path, kind } of zip.entries) {
    for (const folder of folders) {
      if (!path.startsWith(`${folder}/`) || kind === "directory") continue;
      const [name = ""] = path.slice(folder.length + 1).split("/");
      if (!/^README/i.test(name)) names.add(name);
    }
  }
  if (names.size === 0) return [];
  const listed = [...names].slice(0, 5).join(", ");
  const described = [...names].some((name) => /\.(dist-info|egg-info)$/.test(name));
  return [
    finding("site-packages", `site-packages is not empty: ${quote(listed)}`),
    ...(described ? [] : [finding("no-dist-info", "the packages in site-packages have no dist-info")]),
  ];
}

function checkStdlib(zip: ZipFile, stdlib: string): readonly Finding[] {
  const inside = zip.entries.map(({ path }) => path).filter((path) => path.startsWith(`${stdlib}/`));
  const bytecode = inside.filter((path) => path.endsWith(".pyc")).length;
  const tests = inside.filter((path) => path.startsWith(`${stdlib}/test/`)).length;
  const ensurepip = inside.some((path) => path.startsWith(`${stdlib}/ensurepip/`));
  return [
    ...(tests > 0 ? [finding("tests", `it contains the tests of the standard library: ${tests} files`)] : []),
    ...(bytecode > 0 ? [finding("bytecode", `it contains bytecode: ${bytecode} files`)] : []),
    ...(ensurepip
      ? []
      : [finding("no-ensurepip", "there is no `ensurepip`: `python -m venv` has no pip to install")]),
  ];
}

/** If the metadata are at the end, one range request reads them. */
function checkOrder(zip: ZipFile): readonly Finding[] {
  const ordered = zip.entries.toSorted((a, b) => a.offset - b.offset);
  const last = ordered.findLastIndex(({ path }) => !path.startsWith("pybi-info/"));
  const early = ordered.slice(0, last + 1);
  return early.some(({ path, kind }) => kind === "file" && path.startsWith("pybi-info/"))
    ? [finding("info-first", "`pybi-info` is not at the archive's end, where one request would read it")]
    : [];
}
