import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { extractSource } from "../../../src/builder/sources/extract-source.ts";
import { type PinnedSource, pinSource } from "../../../src/builder/sources/pin-source.ts";
import type { SourceContext } from "../../../src/builder/sources/source-context.ts";
import type { PackageDB } from "../../../src/packages/package-db.ts";
import { homeAt } from "../../../src/system/fs/home.ts";
import { parseSourceReference } from "../../../src/vocab/urls/source-reference.ts";
import { gitEnvironment } from "../../support/git-repository.ts";
import { type RecordingReporter, recordingReporter } from "../../support/recording-reporter.ts";

/** A temporary folder for one test, with a home in it. */
export interface SourceFixture extends Disposable {
  readonly root: string;
  readonly reporter: RecordingReporter;
  /** The context of one run of the program. */
  context(changes?: Partial<SourceContext>): SourceContext;
  pin(url: string, changes?: Partial<SourceContext>): Promise<PinnedSource>;
  /** Pins and extracts a source, and returns the folder of the project. */
  extract(url: string, changes?: Partial<SourceContext>): Promise<string>;
  /** Creates an empty folder. */
  folder(): string;
}

export function newSourceFixture(): SourceFixture {
  return fixtureAt(mkdtempSync(join(tmpdir(), "posy-source-")));
}

/** Opens the fixture of another process. */
export function fixtureAt(root: string): SourceFixture {
  const home = homeAt(join(root, "data"), join(root, "cache"));
  const reporter = recordingReporter();
  const context: SourceFixture["context"] = (changes) => ({
    home,
    db: {} as PackageDB,
    reporter,
    environment: gitEnvironment,
    offline: false,
    ...changes,
  });
  const referenceOf = (url: string) => {
    const reference = parseSourceReference(url);
    if (reference === undefined) throw new Error(`\`${url}\` is not a source`);
    return reference;
  };
  const folder = () => mkdtempSync(join(root, "folder-"));
  return {
    root,
    reporter,
    context,
    folder,
    pin: (url, changes) => pinSource(referenceOf(url), context(changes)),
    async extract(url, changes) {
      const one = context(changes);
      return extractSource(await pinSource(referenceOf(url), one), folder(), one);
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Returns the names in a folder, without `.git`. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name !== ".git")
    .sort();
}
