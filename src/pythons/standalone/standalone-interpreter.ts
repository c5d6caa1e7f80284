import { parseVersion } from "../../vocab/version/index.ts";
import { describeInterpreter } from "../compatibility/index.ts";
import type { Interpreter } from "../../model/index.ts";
import type { StandaloneName } from "./standalone-name.ts";

/**
 * The interpreter in an archive, as far as the name says it, which is all but where the archive is. It lacks no more
 * than GNU's dbm, which is left out everywhere for its licence; for Windows CPython has neither.
 */
export function standaloneInterpreter(name: StandaloneName): Interpreter {
  const { version, platform, platformTag, freeThreaded } = name;
  return {
    ...describeInterpreter(parseVersion(version), platform, { freeThreaded }),
    platformTags: [platformTag],
    lacks: platform.startsWith("windows-") ? [] : ["_gdbm"],
  };
}
