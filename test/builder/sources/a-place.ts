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

/** A folder of one test with a home in it. */
export interface SourcePlace extends Disposable {
  readonly root: string;
  readonly reporter: RecordingReporter;
  /** As one run of the program has it: what was asked in it is asked once. */
  context(changes?: Partial<SourceContext>): SourceContext;
  pin(url: string, changes?: Partial<SourceContext>): Promise<PinnedSource>;
  /** Pins, lays out, and returns the folder of the project. */
  layOut(url: string, changes?: Partial<SourceContext>): Promise<string>;
  /** A new empty folder. */
  folder(): string;
}

export function newSourcePlace(): SourcePlace {
  return placeAt(mkdtempSync(join(tmpdir(), "posy-source-")));
}

/** The same place again, in another process. */
export function placeAt(root: string): SourcePlace {
  const home = homeAt(join(root, "data"), join(root, "cache"));
  const reporter = recordingReporter();
  const context: SourcePlace["context"] = (changes) => ({
    home,
    db: {} as PackageDB,
    reporter,
    environment: gitEnvironment,
    offline: false,
    ...changes,
  });
  const referenceOf = (url: string) => {
    const reference = parseSourceReference(url);
    if (reference === undefined) throw new Error(`\`${url}\` is no source`);
    return reference;
  };
  const folder = () => mkdtempSync(join(root, "folder-"));
  return {
    root,
    reporter,
    context,
    folder,
    pin: (url, changes) => pinSource(referenceOf(url), context(changes)),
    async layOut(url, changes) {
      const one = context(changes);
      return extractSource(await pinSource(referenceOf(url), one), folder(), one);
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** What is in a folder, without `.git`. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name !== ".git")
    .sort();
}
