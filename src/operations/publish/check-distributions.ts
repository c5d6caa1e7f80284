import { basename } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { type Distribution, readDistribution } from "../../packages/upload/index.ts";
import { compareVersions } from "../../vocab/version/index.ts";
import { parseWheelFilename } from "../../vocab/filenames/index.ts";
import type { FoundFiles } from "./find-distributions.ts";

/** The public index takes larger files of projects that asked for it. */
const usualLimit = 100 * 2 ** 20;

/**
 * Reads all files and checks them, before anything is sent. Returns wheels before source distributions, so that
 * nobody builds a version whose wheel is on its way. Throws the error of the only file that is wrong, or one with all
 * problems; and `usage` if files exclude each other.
 */
export async function checkDistributions({ paths, areNamed }: FoundFiles): Promise<readonly Distribution[]> {
  const distributions: Distribution[] = [];
  const errors: PosyError[] = [];
  for (const path of paths) {
    try {
      distributions.push(await readDistribution(path));
    } catch (error) {
      if (!(error instanceof PosyError)) throw error;
      errors.push(error);
    }
  }
  refuse(errors, paths.length);
  refuseTwins(distributions);
  if (!areNamed) refuseSeveralVersions(distributions);
  return distributions.sort(
    (one, other) =>
      compareText(one.name, other.name) ||
      compareVersions(one.version, other.version) ||
      (one.kind === other.kind ? compareText(one.filename, other.filename) : one.kind === "wheel" ? -1 : 1),
  );
}

/** Returns a warning if the public index would not take a file of this size without being asked. */
export function sizeWarning({ filename, size }: Distribution): string | undefined {
  if (size <= usualLimit) return undefined;
  const megabytes = Math.round(size / 2 ** 20);
  return `\`${filename}\` has ${megabytes} MiB: the public index takes more than 100 MiB only from projects that asked for it`;
}

function refuse([first, ...others]: readonly PosyError[], count: number): void {
  if (first === undefined) return;
  if (others.length === 0) throw first;
  const lines = [first, ...others].map(({ message }) => `\n  ${message}`);
  throw new PosyError(first.code, `${lines.length} of ${count} files can't be uploaded:${lines.join("")}`, {
    hint: first.hint,
    cause: first,
  });
}

/** Refuses files that an index takes for the same: two names of one wheel, or two source distributions of a version. */
function refuseTwins(distributions: readonly Distribution[]): void {
  const seen = new Map<string, Distribution>();
  for (const distribution of distributions) {
    const key = identityOf(distribution);
    const twin = seen.get(key);
    if (twin !== undefined) {
      throw new PosyError(
        "usage",
        `\`${twin.path}\` and \`${distribution.path}\` are the same file for an index`,
        {
          hint: "remove one of them, or name the files to upload",
        },
      );
    }
    seen.set(key, distribution);
  }
}

function identityOf({ kind, name, version, filename }: Distribution): string {
  if (kind === "sdist") return `${name} ${version.key}`;
  const { build } = parseWheelFilename(filename);
  return JSON.stringify([name, version.key, build, basename(filename, ".whl").split("-").slice(-3)]);
}

function refuseSeveralVersions(distributions: readonly Distribution[]): void {
  for (const { name, version } of distributions) {
    const other = distributions.find((each) => each.name === name && each.version.key !== version.key);
    if (other === undefined) continue;
    const [older, newer] = [version, other.version].sort(compareVersions);
    throw new PosyError(
      "usage",
      `there are several versions of \`${name}\`: ${older?.text} and ${newer?.text}`,
      {
        hint: `remove the old files, or name those to upload: \`posy publish dist/*-${newer?.text}*\``,
      },
    );
  }
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
