import { createHash } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { PosyError } from "../../../src/errors/posy-error.ts";
import type { ErrorCode } from "../../../src/errors/codes.ts";
import { type IndexSettings, plainIndexSettings } from "../../../src/packages/index-settings.ts";
import { openPackageDB } from "../../../src/packages/open-package-db.ts";
import { homeAt } from "../../../src/system/fs/home.ts";
import { recordingReporter } from "../../support/recording-reporter.ts";
import { makeWheel } from "../../support/make-wheel.ts";
import { parsePackageName } from "../../../src/vocab/requirement/name.ts";
import type { WheelArtifact } from "../../../src/model/artifact.ts";
import type { PackageDB } from "../../../src/packages/package-db.ts";

/**
 * Open databases by the folder of their home. Their background writes must end before the folder is removed.
 */
const databases = new Map<string, PackageDB[]>();

/** Returns a folder that is removed at the end of the test file. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "posy-packages-"));
  after(async () => {
    for (const db of databases.get(folder) ?? []) await db.close();
    await rm(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Opens a database over indexes, in a new home or in that of an earlier database. */
export function newDatabase(
  indexes: readonly string[],
  settings: Partial<IndexSettings> = {},
  sandbox: { folder?: string; environment?: NodeJS.ProcessEnv; keepArchives?: boolean } = {},
) {
  const folder = sandbox.folder ?? newFolder();
  const home = homeAt(join(folder, "data"), join(folder, "cache"));
  const reporter = recordingReporter();
  const index = { ...plainIndexSettings, retries: 2, indexes: indexes.map((url) => ({ url })), ...settings };
  const environment = { HOME: folder, ...sandbox.environment };
  const { keepArchives = false } = sandbox;
  const db = openPackageDB({ home, index, reporter, environment, keepArchives });
  databases.set(folder, [...(databases.get(folder) ?? []), db]);
  return { db, home, reporter, folder };
}

export const name = parsePackageName;

/** Returns the wheels of a project, newest first. */
export async function wheelsOf(db: PackageDB, project: string): Promise<WheelArtifact[]> {
  const { releases } = await db.project(name(project));
  return releases.flatMap((release) => release.artifacts.filter((one) => one.kind === "wheel"));
}

export async function onlyWheel(db: PackageDB, project: string): Promise<WheelArtifact> {
  const [wheel] = await wheelsOf(db, project);
  if (!wheel) throw new Error(`there is no wheel of ${project}`);
  return wheel;
}

/** For `assert.rejects`: accepts a `PosyError` with a code whose message and hint match. */
export function failure(code: ErrorCode, says: RegExp = /./) {
  return (error: unknown): boolean => {
    if (!(error instanceof PosyError)) throw error;
    if (error.code === code && says.test(`${error.message}\n${error.hint}`)) return true;
    throw new Error(`it failed with ${error.code}: ${error.message}\nhint: ${error.hint}`);
  };
}

/** Makes a wheel that is large enough for ranges and cut connections. */
export function largeWheel(project: string, version = "1.0", kilobytes = 400) {
  // Random bytes, which cannot be compressed.
  const blocks = Array.from({ length: kilobytes * 32 }, (_, index) =>
    createHash("sha256").update(`${project}${index}`).digest(),
  );
  const bytes = Buffer.concat(blocks);
  return makeWheel({
    name: project,
    version,
    files: { [`${project}/data.bin`]: bytes },
    requires: ["bar>=2"],
  });
}
