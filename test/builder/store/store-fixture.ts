import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Buildable } from "../../../src/builder/buildable.ts";
import type { BuildContext } from "../../../src/builder/build-context.ts";
import { type BuildEntry, buildEntry } from "../../../src/builder/store/build-store.ts";
import type { Interpreter } from "../../../src/model/interpreter.ts";
import type { PackagePin } from "../../../src/model/blueprint.ts";
import { homeAt } from "../../../src/system/fs/home.ts";
import { sha256Of } from "../../../src/system/fs/sha256.ts";
import { parsePackageName } from "../../../src/vocab/requirement/name.ts";
import { fakePython } from "../../support/fake-forest.ts";

/** A BuildStore in a temporary folder. */
export interface StoreFixture extends AsyncDisposable {
  readonly root: string;
  readonly python: Interpreter;
  readonly context: BuildContext;
  entry(changes?: EntryChanges): BuildEntry;
  /** Writes a file that a backend made into the folder for temporary files, and returns its path. */
  built(text?: string): Promise<string>;
}

export interface EntryChanges {
  readonly identity?: string;
  readonly python?: Partial<Interpreter>;
  readonly settings?: Readonly<Record<string, string>>;
  readonly isolated?: false;
  readonly editable?: boolean;
  readonly platformTags?: readonly string[];
  readonly indexSettingsKey?: string;
}

export async function newStoreFixture(): Promise<StoreFixture> {
  const root = await mkdtemp(join(tmpdir(), "posy-builds-"));
  const home = homeAt(join(root, "data"), join(root, "cache"));
  const python = await fakePython(join(root, "system"), {
    wheelTags: ["cp313-cp313-PLATFORM", "py3-none-any"],
  });
  // The store uses nothing else of a context.
  const contextWith = ({
    platformTags = ["manylinux_2_36_x86_64"],
    indexSettingsKey = "one",
  }: EntryChanges = {}) =>
    ({
      home,
      machine: { platform: "linux-x86_64", platformTags, markers: {} },
      indexSettingsKey,
    }) as unknown as BuildContext;
  let count = 0;
  return {
    root,
    python,
    context: contextWith(),
    entry(changes = {}) {
      const { identity = "id", settings, isolated, editable = false } = changes;
      const build = {
        ...(settings === undefined ? {} : { settings }),
        ...(isolated === undefined ? {} : { isolated }),
      };
      const source = { name: "demo", version: { text: "1.0" }, url: "https://index.example/demo-1.0.tar.gz" };
      const origin = { kind: "directory", editable: true };
      const buildable = {
        ...source,
        ...(editable ? { kind: "source", origin } : { kind: "sdist" }),
      } as unknown;
      return buildEntry(
        identity,
        { ...python, ...changes.python },
        build,
        buildable as Buildable,
        contextWith(changes),
      );
    },
    async built(text = "a wheel") {
      count += 1;
      const folder = join(home.cacheTmp, `output-${count}`);
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, "made.whl"), text);
      return join(folder, "made.whl");
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

/** A pin of a wheel by its SHA-256, or of a source by what `changes` says. */
export function pinOf(
  name: string,
  version = "1.0",
  changes: Partial<PackagePin["artifact"]> = {},
): PackagePin {
  return {
    name: parsePackageName(name),
    version,
    extras: [],
    artifact: {
      kind: "wheel",
      filename: `${name}-${version}-py3-none-any.whl`,
      url: `https://files.example/${name}-${version}-py3-none-any.whl`,
      hashes: { sha256: sha256Of(`${name} ${version}`) },
      ...changes,
    } as PackagePin["artifact"],
    metadata: { requiresDist: [], providesExtra: [] },
    requiredBy: [],
    requested: false,
  };
}
