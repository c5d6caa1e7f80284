import { availableParallelism } from "node:os";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { createSemaphore } from "../../async/index.ts";
import { runCaptured } from "../../system/process/index.ts";
import { type ApplicationTree, type TreeEntry, sortedEntries } from "../tree/index.ts";

/**
 * Compiles the files that standard input lists: source, target, and the name that tracebacks show until the import
 * replaces it. `unchecked-hash` (PEP 552) makes bytecode that depends on no time. Sources that are not valid for this
 * Python (of another version, templates) stay without bytecode.
 */
const compiler = `
import json, os, py_compile, sys
for line in sys.stdin.buffer:
    source, target, name = json.loads(line)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    try:
        py_compile.compile(source, target, name, doraise=True, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    except Exception:
        continue
    print(json.dumps(target))
`;

/**
 * Returns an application with bytecode of all modules, which is written into `folder`. `python` is the path of a
 * Python of the same minor version that runs here. The modules are divided among processes in a fixed way, and hashes
 * are not random, so the bytes do not depend on the machine. Throws `no-interpreter` if the Python fails.
 */
export async function compiledTree(
  tree: ApplicationTree,
  { python, folder }: { readonly python: string; readonly folder: string },
): Promise<ApplicationTree> {
  const { sitePackages, target } = tree;
  const folders = [sitePackages, target.python.paths.stdlib];
  const sources = tree.entries.filter(
    (entry) =>
      entry.kind === "file" &&
      entry.path.endsWith(".py") &&
      folders.some((each) => entry.path.startsWith(`${each}/`)),
  );
  await mkdir(folder, { recursive: true });
  // The tag in the names of bytecode files: `cpython-313`.
  const [tag = ""] = await runPython(python, "import sys; print(sys.implementation.cache_tag)", "", folder);
  const jobs: {
    readonly entry: TreeEntry;
    readonly line: string;
    readonly pyc: string;
    readonly file: string;
  }[] = [];
  for (const [index, entry] of sources.entries()) {
    if (entry.kind !== "file") continue;
    const source = "path" in entry.source ? entry.source.path : join(folder, `${index}.py`);
    if ("bytes" in entry.source) await writeFile(source, entry.source.bytes);
    const slash = entry.path.lastIndexOf("/");
    const stem = entry.path.slice(slash + 1, -".py".length);
    const file = join(folder, `${index}.pyc`);
    const pyc = `${entry.path.slice(0, slash)}/__pycache__/${stem}.${tag}.pyc`;
    jobs.push({ entry, line: `${JSON.stringify([source, file, entry.path])}\n`, pyc, file });
  }
  const shards = Array.from({ length: 8 }, (_, shard) => jobs.filter((_job, index) => index % 8 === shard));
  const made = new Set<string>();
  const semaphore = createSemaphore(availableParallelism());
  const compile = async (shard: typeof jobs) => {
    for (const path of await runPython(python, compiler, shard.map(({ line }) => line).join(""), folder))
      made.add(JSON.parse(path) as string);
  };
  await Promise.all(shards.map((shard) => semaphore.run(() => compile(shard))));
  const known = new Set(tree.entries.map(({ path }) => path));
  const added = jobs.flatMap(({ entry, pyc, file }): readonly TreeEntry[] =>
    made.has(file) && !known.has(pyc)
      ? [{ kind: "file", path: pyc, owner: entry.owner, executable: false, source: { path: file } }]
      : [],
  );
  return { ...tree, entries: sortedEntries([...tree.entries, ...added]) };
}

/** Runs Python code in `folder`, and returns the lines that it prints. */
async function runPython(
  python: string,
  code: string,
  input: string,
  folder: string,
): Promise<readonly string[]> {
  // `-I` would ignore the variable for hashes, so Python gets no other variables that matter to it.
  const variables = Object.entries(process.env).filter(([name]) => !name.startsWith("PYTHON"));
  const { status, stdout, stderr } = await runCaptured(python, ["-s", "-S", "-c", code], {
    cwd: folder,
    env: { ...Object.fromEntries(variables), PYTHONHASHSEED: "0" },
    input,
  });
  if (status !== 0) {
    throw new PosyError("no-interpreter", `\`${python}\` can't compile the modules (status ${status})`, {
      hint: stderr.trim().split("\n").at(-1) || "try it without `--compile`",
    });
  }
  return stdout.split(/\r?\n/).filter((line) => line !== "");
}
