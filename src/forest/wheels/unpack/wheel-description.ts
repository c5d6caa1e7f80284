import { PosyError } from "../../../errors/posy-error.ts";
import type { ZipFile } from "../../../system/archives/index.ts";
import {
  type EntryPoint,
  parseEntryPoints,
  parseMetadata,
  parseWheelFile,
} from "../../../vocab/metadata/index.ts";
import { formatRequirement, normalizeName } from "../../../vocab/requirement/index.ts";
import { tryParseVersion } from "../../../vocab/version/index.ts";
import { isDistInfoOf, type WheelFilename } from "../../../vocab/filenames/index.ts";
import { invalidWheel } from "../invalid-wheel.ts";
import type { LauncherTarget, WheelManifest } from "../wheel-manifest.ts";

/** The contents of a wheel's `.dist-info`, read before anything is written. */
export interface WheelDescription {
  readonly distInfo: string;
  /** The folders `{name}-{version}.data`: usually none or one, but pip takes all spellings of the name. */
  readonly dataFolders: ReadonlySet<string>;
  readonly record: string;
  readonly launchers: readonly LauncherTarget[];
  readonly metadata: Pick<
    WheelManifest,
    "name" | "version" | "requiresDist" | "requiresPython" | "providesExtra"
  >;
}

/** Bytes that a text file of the dist-info may have at most. */
const textLimit = 32 * 2 ** 20;

/** Reads the dist-info and compares it with the file name. Throws `invalid-wheel` and `invalid-metadata`. */
export function describeWheel(zip: ZipFile, filename: WheelFilename, warnings: string[]): WheelDescription {
  const refuse = (why: string, cause?: unknown): PosyError => invalidWheel(filename.filename, why, cause);
  const tops = new Set(zip.entries.map(({ path }) => path.split("/", 1)[0] ?? ""));
  const distInfos = [...tops].filter((top) => top.endsWith(".dist-info"));
  const distInfo = distInfos[0];
  if (distInfo === undefined) throw refuse("it has no `.dist-info` folder");
  if (distInfos.length > 1)
    throw refuse(`it has ${distInfos.length} \`.dist-info\` folders: ${distInfos.join(", ")}`);
  const stem = distInfo.slice(0, -".dist-info".length);
  if (!isDistInfoOf(distInfo, filename.name)) {
    throw refuse(`its \`${distInfo}\` has another name than its file name`);
  }
  const belongs = (data: string) => data === stem || isStemOf(data, filename);
  const dataFolders = [...tops].filter(
    (top) => top.endsWith(".data") && belongs(top.slice(0, -".data".length)),
  );
  const text = (name: string): string | undefined => {
    const entry = zip.entry(`${distInfo}/${name}`);
    if (entry === undefined) return undefined;
    if (entry.kind !== "file" || entry.size > textLimit) throw refuse(`its \`${name}\` is not a text file`);
    return Buffer.from(zip.readSync(entry)).toString("utf8");
  };
  const need = (name: string): string => {
    const content = text(name);
    if (content === undefined) throw refuse(`it has no \`${distInfo}/${name}\``);
    return content;
  };
  const { metadata, launchers } = namingWheel(filename.filename, () => {
    for (const warning of parseWheelFile(need("WHEEL")).warnings) {
      warnings.push(`\`${filename.filename}\`: ${warning}`);
    }
    const metadata = parseMetadata(need("METADATA"));
    return { metadata, launchers: launchersOf(text("entry_points.txt") ?? "") };
  });
  if (metadata.name !== filename.name || metadata.version.key !== filename.version.key) {
    throw refuse(`its METADATA says that it is \`${metadata.name} ${metadata.version.text}\``);
  }
  return {
    distInfo,
    dataFolders: new Set(dataFolders),
    record: need("RECORD"),
    launchers,
    metadata: {
      name: metadata.name,
      version: metadata.version.text,
      requiresDist: metadata.requiresDist.map(formatRequirement).sort(),
      requiresPython: metadata.requiresPython?.text ?? "",
      providesExtra: [...metadata.providesExtra].sort(),
    },
  };
}

/** Whether a text such as `black-24.1` has the name and version of the file name, in any spelling. */
function isStemOf(stem: string, filename: WheelFilename): boolean {
  const dash = stem.lastIndexOf("-");
  if (dash < 0 || normalizeName(stem.slice(0, dash)) !== filename.name) return false;
  return tryParseVersion(stem.slice(dash + 1).replaceAll("_", "-"))?.key === filename.version.key;
}

/** Adds the wheel's file name to an error about one of its texts. */
function namingWheel<T>(filename: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof PosyError)) throw error;
    throw new PosyError(error.code, `\`${filename}\` can't be installed: ${error.message}`, {
      hint: error.hint ?? "tell those who published it",
      span: error.span,
      cause: error,
    });
  }
}

function launchersOf(entryPoints: string): LauncherTarget[] {
  const { console, gui } = parseEntryPoints(entryPoints);
  const target =
    (gui: boolean) =>
    ({ name, module, attribute }: EntryPoint): LauncherTarget => ({ name, module, attribute, gui });
  return [...console.map(target(false)), ...gui.map(target(true))];
}
