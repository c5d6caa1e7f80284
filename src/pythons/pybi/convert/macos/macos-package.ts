import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PosyError } from "../../../../errors/posy-error.ts";
import { openXar, readCpio } from "../../../../system/archives/index.ts";
import { removeTree } from "../../../../system/fs/index.ts";
import { parseVersion } from "../../../../vocab/version/index.ts";
import type { Distribution, Placed } from "../distribution.ts";
import { frameworkInterpreter, extractFramework } from "./extract-framework.ts";
import { openPayload } from "./open-payload.ts";

/**
 * An installer of python.org for macOS, `python-3.13.5-macos11.pkg` (with code for both kinds of Mac) or
 * `python-3.9.13-macosx10.9.pkg` (for Intel's); undefined for other names. What is taken is the component with the
 * framework; the free-threaded one beside it is not.
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
    place: (archivePath, into) => place(archivePath, filename, interpreter, into),
  };
}

async function place(
  archivePath: string,
  filename: string,
  interpreter: Distribution["interpreter"],
  into: string,
): Promise<Placed> {
  const folder = await mkdtemp(join(tmpdir(), "posy-payload-"));
  try {
    const xar = await openXar(archivePath, filename);
    const payload = xar.entries.find(({ path }) => path === "Python_Framework.pkg/Payload");
    if (payload === undefined) {
      throw new PosyError("invalid-interpreter", `\`${filename}\` has no \`Python_Framework.pkg\``, {
        hint: "its name says that it is an installer of python.org for macOS: is it whole?",
      });
    }
    const file = join(folder, "Payload");
    await xar.extract(payload, file);
    const members = readCpio(openPayload(file, filename), filename);
    return await extractFramework(members, interpreter, filename, into);
  } finally {
    await removeTree(folder);
  }
}
