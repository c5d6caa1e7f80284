import { PosyError } from "../../errors/posy-error.ts";
import { type BuildTag, parseBuildTag } from "../filenames/index.ts";
import { parseHeaders, unfold } from "./headers.ts";
import { quote } from "../../text/index.ts";
import { parseTagSet, type Tag } from "../tags/index.ts";

/** `.dist-info/WHEEL` (binary distribution format). */
export interface WheelFile {
  /** `1.0`. */
  readonly wheelVersion: string;
  readonly generator?: string;
  /** Whether the archive's root goes to `purelib`; otherwise it goes to `platlib`. */
  readonly rootIsPurelib: boolean;
  /** Expanded, in order, without duplicates. */
  readonly tags: readonly Tag[];
  readonly build?: BuildTag;
  readonly warnings: readonly string[];
}

/** Reads WHEEL. Throws `invalid-wheel`. Reads a newer minor version with a warning, as the format requires. */
export function parseWheelFile(text: string): WheelFile {
  const headers = parseHeaders(text);
  const warnings = [...headers.warnings];
  const wheelVersion = unfold(headers.get("Wheel-Version") ?? "");
  // pip reads `1` as `1.0`, and so does this.
  const version = /^(\d{1,9})(?:\.(\d{1,9}))?$/.exec(wheelVersion);
  if (version === null) {
    throw new PosyError(
      "invalid-wheel",
      wheelVersion === ""
        ? "WHEEL has no `Wheel-Version`"
        : `WHEEL: ${quote(`Wheel-Version: ${wheelVersion}`)} is not a version`,
    );
  }
  const [major, minor] = [Number(version[1]), Number(version[2] ?? 0)];
  // The drafts of the format were 0.x, and wheels of that time have it.
  if (major > 1) {
    throw new PosyError(
      "invalid-wheel",
      `WHEEL: \`Wheel-Version: ${wheelVersion}\` is of an unknown format`,
      {
        hint: "this version of Posy knows wheels of version 1: a newer one may read it",
      },
    );
  }
  if (major === 1 && minor > 0)
    warnings.push(`\`Wheel-Version: ${wheelVersion}\` is newer than 1.0: read as that`);
  const generator = headers.get("Generator");
  const build = parseBuildTag(unfold(headers.get("Build") ?? ""));
  return {
    wheelVersion,
    ...(generator === undefined ? {} : { generator: unfold(generator) }),
    rootIsPurelib: rootIsPurelibOf(headers.get("Root-Is-Purelib"), warnings),
    tags: [...new Set(headers.all("Tag").flatMap((tag) => tagsOf(unfold(tag), warnings)))],
    ...(build === undefined ? {} : { build }),
    warnings,
  };
}

function rootIsPurelibOf(value: string | undefined, warnings: string[]): boolean {
  const text = unfold(value ?? "").toLowerCase();
  if (text !== "true" && text !== "false")
    warnings.push("`Root-Is-Purelib` is neither true nor false: read as false");
  return text === "true";
}

/** Skips malformed tags with a warning: only the tags in the file name count. */
function tagsOf(text: string, warnings: string[]): readonly Tag[] {
  try {
    return parseTagSet(text);
  } catch (error) {
    if (!(error instanceof PosyError)) throw error;
    warnings.push(error.message);
    return [];
  }
}
