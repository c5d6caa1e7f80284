import { parseVersion } from "../../vocab/version/index.ts";
import { describeInterpreter } from "../compatibility/index.ts";
import type { Interpreter } from "../../model/index.ts";
import type { StandaloneName } from "./standalone-name.ts";

/**
 * Returns the interpreter in an archive, computed from the archive's name, without the archive's URL. These
 * interpreters lack only GNU's dbm (`_gdbm`): its licence forbids it, and it does not exist on Windows.
 */
export function standaloneInterpreter(name: StandaloneName): Interpreter {
  const { version, platform, platformTag, freeThreaded } = name;
  return {
    ...describeInterpreter(parseVersion(version), platform, { freeThreaded }),
    platformTags: [platformTag],
    lacks: platform.startsWith("windows-") ? [] : ["_gdbm"],
  };
}
