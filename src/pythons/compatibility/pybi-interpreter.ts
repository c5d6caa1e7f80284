import { PosyError } from "../../errors/posy-error.ts";
import { type PlatformName, splitUniversal2 } from "../../vocab/tags/index.ts";
import { parsePybiFile, parsePybiMetadata } from "../../vocab/metadata/index.ts";
import type { PybiTexts } from "./check-pybi-filename.ts";
import type { Interpreter, InterpreterSource } from "../../model/index.ts";
import { platformDefaults } from "./platform-defaults.ts";
import { platformOfTag } from "./platform-of-tag.ts";

/**
 * Returns the interpreter that a pybi's metadata describe (PEP 711), for one platform. Undefined if the pybi is not for
 * this platform. A `universal2` pybi is for two, and this describes one of them. Throws `invalid-pybi`.
 */
export function pybiInterpreter(
  texts: PybiTexts,
  source: InterpreterSource,
  platform: PlatformName,
): Interpreter | undefined {
  const metadata = parsePybiMetadata(texts.metadata);
  const tags = parsePybiFile(texts.pybi).tags.flatMap(splitUniversal2);
  const platformTags = tags.filter((tag) => platformOfTag(tag) === platform);
  if (platformTags.length === 0) return undefined;
  const version = metadata.markers.python_full_version ?? metadata.version.text;
  const stated = metadata.markers.platform_machine;
  const { platform_machine } = platformDefaults[platform];
  if (stated !== undefined && stated !== platform_machine) {
    throw new PosyError(
      "invalid-pybi",
      `a pybi for \`${platformTags[0]}\` has the \`platform_machine\` \`${stated}\``,
    );
  }
  return {
    implementation: metadata.markers.implementation_name ?? metadata.name,
    version,
    freeThreaded: metadata.wheelTags.some((tag) => /^cp\d+-cp\d+t-/.test(tag)),
    platform,
    platformTags,
    source,
    markers: { ...metadata.markers, platform_machine },
    wheelTags: metadata.wheelTags,
    paths: metadata.paths,
    lacks: [],
  };
}
