import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BlueprintTarget, PackagePin } from "../../src/model/blueprint.ts";
import { PosyError } from "../../src/errors/posy-error.ts";
import type { EnvForest } from "../../src/forest/env-forest.ts";
import { openForest } from "../../src/forest/open-forest.ts";
import type { PackageDB } from "../../src/packages/package-db.ts";
import type { Interpreter } from "../../src/model/interpreter.ts";
import { type Home, homeAt } from "../../src/system/fs/home.ts";
import { parseSha256 } from "../../src/vocab/hash.ts";
import { parseWheelFilename } from "../../src/vocab/filenames/wheel-filename.ts";
import type { MadeWheel } from "./make-wheel.ts";
import { removeFolder } from "./remove-folder.ts";
import { type RecordingReporter, recordingReporter } from "./recording-reporter.ts";

/** A forest in a temporary folder. Its packages are wheels made in memory, and its Python is a shell script. */
export interface FakeForest extends AsyncDisposable {
  readonly forest: EnvForest;
  readonly home: Home;
  readonly reporter: RecordingReporter;
  readonly root: string;
  /** File names in the order of their downloads, and `forget URL` when the metadata of a file were removed. */
  readonly fetched: string[];
  /** The URLs of files that are not needed any more, in the order in which they were discarded. */
  readonly discarded: string[];
  /** From now on, nothing can be fetched any more. */
  goOffline(): void;
  grow(wheels: readonly MadeWheel[], changes?: PinChanges): ReturnType<EnvForest["grow"]>;
}

export type PinChanges = Readonly<Record<string, Partial<PackagePin>>>;

export async function fakeForest(
  options: {
    threads?: number;
    python?: Interpreter;
    verification?: "quick" | "full";
    /** Stores of other users. */
    shared?: readonly Home[];
    /** An existing store. The default is a new one. */
    home?: Home;
  } = {},
): Promise<FakeForest> {
  const root = await mkdtemp(join(tmpdir(), "posy forest-"));
  const own = options.home ?? homeAt(join(root, "data"), join(root, "cache"));
  const home = { ...own, shared: options.shared ?? [] };
  const python = options.python ?? (await fakePython(join(root, "system")));
  const files = new Map<string, MadeWheel>();
  const reporter = recordingReporter();
  const fetched: string[] = [];
  const discarded: string[] = [];
  const forest = openForest({
    home,
    db: fakeDB(files, join(root, "files"), fetched, discarded),
    reporter,
    unpackThreads: options.threads ?? 0,
    verification: options.verification,
    placeInterpreter: async (_python, _archive, into) => {
      await mkdir(join(into, "bin"), { recursive: true });
      await writeFile(join(into, "bin", "python"), "#!/bin/sh\n", { mode: 0o755 });
      await mkdir(join(into, "lib", "python3.13"), { recursive: true });
      await mkdir(join(into, "pybi-info"));
      const hash = createHash("sha256").update("#!/bin/sh\n").digest("base64url");
      const record = `bin/python,sha256=${hash},10\npybi-info/RECORD,,\n`;
      await writeFile(join(into, "pybi-info", "RECORD"), record);
    },
    interpreterDownload: async () => ({ filename: "python.zip", url: "file:///python.zip", hashes: {} }),
  });
  return {
    forest,
    home,
    reporter,
    root,
    fetched,
    discarded,
    goOffline: () => files.clear(),
    async grow(wheels, changes = {}) {
      for (const wheel of wheels) files.set(wheel.filename, wheel);
      return forest.grow(targetOf(wheels, python, changes));
    },
    async [Symbol.asyncDispose]() {
      removeFolder(root);
    },
  };
}

export function targetOf(
  wheels: readonly MadeWheel[],
  python: Interpreter,
  changes: PinChanges = {},
): BlueprintTarget {
  const packages = wheels.map((wheel) => {
    const { name, version } = parseWheelFilename(wheel.filename);
    const pin: PackagePin = {
      name,
      version: version.text,
      extras: [],
      artifact: {
        kind: "wheel",
        filename: wheel.filename,
        url: `https://files.example/${wheel.filename}`,
        hashes: { sha256: wheel.sha256 },
        index: "https://index.example/simple/",
      },
      metadata: { requiresDist: [], providesExtra: [] },
      requiredBy: [],
      requested: false,
    };
    return { ...pin, ...changes[name] };
  });
  return { platform: "linux-x86_64", python, packages };
}

/** Writes an installed Python 3.13 that is a shell script: enough for everything except running Python. */
export async function fakePython(root: string, changes: Partial<Interpreter> = {}): Promise<Interpreter> {
  await mkdir(join(root, "bin"), { recursive: true });
  const executable = join(root, "bin", "python3.13");
  await writeFile(executable, "#!/bin/sh\necho Python\n");
  await chmod(executable, 0o755);
  return {
    implementation: "cpython",
    version: "3.13.5",
    freeThreaded: false,
    platform: "linux-x86_64",
    platformTags: ["manylinux_2_36_x86_64"],
    source: { kind: "adopted", executable, fingerprint: "1" },
    markers: {},
    wheelTags: [],
    paths: {
      stdlib: "lib/python3.13",
      platstdlib: "lib/python3.13",
      purelib: "lib/python3.13/site-packages",
      platlib: "lib/python3.13/site-packages",
      include: "include/python3.13",
      platinclude: "include/python3.13",
      scripts: "bin",
      data: "",
    },
    lacks: [],
    ...changes,
  };
}

export function fakeDB(
  files: ReadonlyMap<string, MadeWheel>,
  dir: string,
  fetched: string[],
  discarded: string[] = [],
): PackageDB {
  const unused = async (): Promise<never> => {
    throw new Error("the forest asks for files only");
  };
  return {
    project: unused,
    indexOf: () => undefined,
    metadata: unused,
    sdistMetadata: unused,
    sdistFiles: unused,
    direct: unused,
    pybis: unused,
    pybiMetadata: unused,
    checkSdistMetadata: unused,
    async forgetMetadata({ url }) {
      fetched.push(`forget ${url}`);
    },
    async discard({ url }) {
      discarded.push(url);
    },
    prefetch() {},
    async close() {},
    async fetch({ filename, hashes }) {
      fetched.push(filename);
      const file = files.get(filename);
      await mkdir(dir, { recursive: true });
      const path = join(dir, filename);
      if (file === undefined) {
        const sha256 = hashes["sha256"] ?? "";
        if (!filename.endsWith(".whl"))
          return { path, sha256: parseSha256(sha256 || "0".repeat(64)), size: 0 };
        throw new PosyError("not-found", `there is no \`${filename}\``);
      }
      await writeFile(path, file.bytes);
      return { path, sha256: parseSha256(file.sha256), size: file.bytes.length };
    },
  };
}
