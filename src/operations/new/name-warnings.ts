import type { ProjectKind } from "./new-project.ts";
import { normalizeName } from "../../vocab/requirement/index.ts";

/** Modules of Python's standard library that people are likely to name a package after. */
const standardModules = new Set(
  (
    "abc argparse array ast asyncio base64 bisect builtins bz2 calendar cmath cmd code codecs collections colorsys " +
    "compileall concurrent configparser contextlib contextvars copy csv ctypes curses dataclasses datetime dbm decimal " +
    "difflib dis doctest email encodings enum errno faulthandler fcntl filecmp fileinput fnmatch fractions ftplib " +
    "functools gc getpass gettext glob graphlib grp gzip hashlib heapq hmac html http imaplib importlib inspect io " +
    "ipaddress itertools json keyword linecache locale logging lzma mailbox marshal math mimetypes mmap " +
    "multiprocessing netrc numbers operator optparse os pathlib pdb pickle pkgutil platform plistlib poplib posix " +
    "pprint profile pty pwd queue quopri random re readline resource rlcompleter runpy sched secrets select " +
    "selectors shelve shlex shutil signal site smtplib socket socketserver sqlite3 ssl stat statistics string " +
    "stringprep struct subprocess symtable sys sysconfig syslog tarfile tempfile termios test textwrap this threading " +
    "time timeit tkinter token tokenize tomllib trace traceback tracemalloc tty turtle types typing unicodedata " +
    "unittest urllib uuid venv warnings wave weakref webbrowser winreg wsgiref xml xmlrpc zipapp zipfile zipimport zlib " +
    "zoneinfo"
  ).split(" "),
);

/**
 * Returns warnings about the name of a new project: a project can't depend on a package of its own name, and a library
 * hides a module of its own name. Nothing is fetched: only well-known packages are recognised.
 */
export async function nameWarnings(nameText: string, kind: ProjectKind["kind"]): Promise<readonly string[]> {
  const name: string = normalizeName(nameText);
  const { isWellKnownName, packageOfModule } = await import("../../resolve/explain/similar-names.ts");
  if (isWellKnownName(name)) {
    return [
      `\`${name}\` is also the name of a well-known package: this project can't depend on that package, or be uploaded under this name`,
    ];
  }
  if (kind !== "lib") return [];
  const module = name.replaceAll("-", "_");
  if (standardModules.has(module)) {
    return [`\`${module}\` is a module of Python's standard library, which this package would hide`];
  }
  const other = packageOfModule(name);
  return other === undefined
    ? []
    : [`\`${module}\` is the module of the well-known package \`${other}\`, which this package would hide`];
}
