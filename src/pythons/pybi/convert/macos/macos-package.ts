import { join } from "node:path";
import { PosyError } from "../../../../errors/posy-error.ts";
import { openXar, readCpio } from "../../../../system/archives/index.ts";
import { withTemporaryFolder } from "../../../../system/fs/index.ts";
import { parseVersion } from "../../../../vocab/version/index.ts";
import type { Distribution, Extracted } from "../distribution.ts";
import { frameworkInterpreter, extractFramework } from "./extract-framework.ts";
import { openPayload } from "./open-payload.ts";

/**
 * Recognizes an installer of python.org for macOS: `python-3.13.5-macos11.pkg` (universal) or
 * `python-3.9.13-macosx10.9.pkg` (for Intel Macs). The pybi gets the component with the framework. The free-threaded
 * component is ignored.
 */
export function macosPackage(filename: string): Distribution | undefined {
  const [, version = "", system = ""] =
    /^python-(\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?)-(macos11|macosx10\.9)\.pkg$/.exec(filename) ?? [];
  if (version === "") return undefined;
  const interpreter = frameworkInterpreter(parseVersion(version), system === "macos11");
  return {
    kind: "macOS package",
    interpreter,
    warnings: [],
    extract: (archivePath, into) => extract(archivePath, filename, interpreter, into),
  };
}

function extract(
  archivePath: string,
  filename: string,
  interpreter: Distribution["interpreter"],
  into: string,
): Promise<Extracted> {
  return withTemporaryFolder("payload", async (folder) => {
    const xar = await openXar(archivePath, filename);
    const payload = xar.entries.find(({ path }) => path === "Python_Framework.pkg/Payload");
    if (payload === undefined) {
      throw new PosyError("invalid-interpreter", `\`${filename}\` has no \`Python_Framework.pkg\``, {
        hint: "download it again: its name is that of an installer of python.org, but it may be incomplete",
      });
    }
    const file = join(folder, "Payload");
    await xar.extract(payload, file);
    const members = readCpio(openPayload(file, filename), filename);
    return extractFramework(members, interpreter, filename, into);
  });
}
