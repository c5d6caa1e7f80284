import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { chmod, open, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { PosyError } from "../../errors/posy-error.ts";
import { type NewZipMember, writeZip } from "../../system/archives/index.ts";
import { zipMember } from "../archive/index.ts";
import { documentNames } from "../folder/index.ts";
import { type ApplicationProgram, type ApplicationTree, type TreeEntry, digestOf } from "../tree/index.ts";

type FileEntry = TreeEntry & { readonly kind: "file" };

/**
 * Writes a program as a zip that a Python starts (PEP 441): the packages without the interpreter, and the documents of
 * `documented`. Python can't load libraries from a zip, and many packages look for their data next to their modules. So
 * the program unpacks itself into the user's cache on its first start. Throws `usage` if the program is neither an
 * entry point nor a script.
 */
export async function writePyz(
  path: string,
  tree: ApplicationTree,
  program: ApplicationProgram,
): Promise<void> {
  const { call } = program;
  const script = call === undefined ? scriptOf(tree, program) : undefined;
  const start = call === undefined ? script && startOfScript : startOfCall(call);
  if (start === undefined) {
    throw new PosyError("usage", `\`${program.name}\` is a file of a package, and not an entry point`, {
      hint: `name the function to call: \`--entry-point ${program.name}=module:function\``,
    });
  }
  const prefix = `${tree.sitePackages}/`;
  const files = tree.entries.filter(
    (entry): entry is FileEntry =>
      entry.kind === "file" && entry.path.startsWith(prefix) && entry.owner !== "python",
  );
  const documents = tree.entries.filter(
    (entry): entry is FileEntry => entry.kind === "file" && documentNames.includes(entry.path),
  );
  const key = await contentKey(script === undefined ? files : [...files, script]);
  const native = files.some(({ path: name }) => /\.(so|pyd|dylib|dll)(\.\d+)*$/.test(name));
  const main = Buffer.from(mainModule(program.name, key, start, tree.target.python.version, native));
  const members: NewZipMember[] = [{ kind: "file", path: "__main__.py", mode: 0o644, data: main }];
  if (script !== undefined) members.push(zipMember(script, scriptName));
  for (const file of documents) members.push(zipMember(file, file.path));
  for (const file of files) members.push(zipMember(file, `site-packages/${file.path.slice(prefix.length)}`));
  const zip = `${path}.zip`;
  try {
    await writeZip(zip, members, {});
    const file = await open(path, "w", 0o755);
    // Readers of zip files find the offsets although something is before them.
    await file.writeFile("#!/usr/bin/env python3\n");
    await pipeline(createReadStream(zip), file.createWriteStream());
    await chmod(path, 0o755);
  } finally {
    await rm(zip, { force: true });
  }
}

/** The script (PEP 723) that a program starts, in the zip. */
const scriptName = "script.py";

/** Returns the file of a script that became a program (`addedScript`). */
function scriptOf({ entries }: ApplicationTree, { name, path }: ApplicationProgram): FileEntry | undefined {
  const wanted = `${path.slice(0, path.lastIndexOf("/"))}/${name}-script.py`;
  return entries.find(
    (entry): entry is FileEntry => entry.kind === "file" && entry.path === wanted && entry.owner === "posy",
  );
}

const startOfScript = `import runpy

    script = os.path.join(folder, ${JSON.stringify(scriptName)})
    sys.argv[0] = script
    runpy.run_path(script, run_name="__main__")`;

function startOfCall({ module, attribute }: NonNullable<ApplicationProgram["call"]>): string {
  return `import importlib

    target = importlib.import_module(${JSON.stringify(module)})
    for part in ${JSON.stringify(attribute)}.split("."):
        target = getattr(target, part)
    return target()`;
}

/** Returns a hash of the paths and contents of files. */
async function contentKey(files: readonly FileEntry[]): Promise<string> {
  const whole = createHash("sha256");
  for (const { path, source } of files) {
    const { sha256 } = await digestOf(source);
    whole.update(`${path}\0${sha256}\n`);
  }
  return whole.digest("hex").slice(0, 16);
}

function mainModule(name: string, key: string, start: string, version: string, native: boolean): string {
  const [major = "3", minor = "0"] = version.split(".");
  return `import os
import sys

NAME, KEY, PYTHON, NATIVE = ${JSON.stringify(name)}, ${JSON.stringify(key)}, (${major}, ${minor}), ${native ? "True" : "False"}


def fail(message, hint):
    sys.exit("error: %s\\nhint: %s" % (message, hint))


def cache_folder():
    chosen = os.environ.get("POSY_APP_CACHE")
    if chosen:
        return os.path.abspath(chosen)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or os.path.expanduser("~")
    elif sys.platform == "darwin":
        base = os.path.expanduser("~/Library/Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(base, "posy-apps")


def unpacked(archive):
    versions = os.path.join(cache_folder(), NAME)
    folder = os.path.join(versions, "pyz-" + KEY)
    if os.path.isdir(folder):
        return folder
    import shutil
    import tempfile
    import zipfile

    try:
        os.makedirs(versions, exist_ok=True)
        beside = tempfile.mkdtemp(prefix="tmp-", dir=versions)
    except OSError:
        # The cache can't be written. This folder is removed at the end.
        import atexit

        beside = tempfile.mkdtemp(prefix="posy-app-")
        atexit.register(shutil.rmtree, beside, True)
        folder = beside
    try:
        with zipfile.ZipFile(archive) as file:
            file.extractall(beside)
        if folder != beside:
            os.rename(beside, folder)
    except BaseException as error:
        shutil.rmtree(beside, True)
        # Another process may have been first.
        if not os.path.isdir(folder):
            if isinstance(error, OSError):
                fail("\`%s\` can't be unpacked to \`%s\`: %s" % (NAME, folder, error.strerror or error), "set POSY_APP_CACHE to a folder that you can write")
            raise
    return folder


def main():
    here = sys.version_info[:2]
    if (here != PYTHON) if NATIVE else (here < PYTHON):
        newer = "" if NATIVE else " or newer"
        fail("\`%s\` is for Python %d.%d%s, and this is Python %d.%d" % ((NAME,) + PYTHON + (newer,) + here), "start it with another one: \`python%d.%d FILE\`" % PYTHON)
    import site

    folder = unpacked(os.path.dirname(os.path.abspath(__file__)))
    before = sys.path[1:]
    sys.path[1:] = []
    site.addsitedir(os.path.join(folder, "site-packages"))
    sys.path += before
    ${start}


if __name__ == "__main__":
    sys.exit(main())
`;
}
