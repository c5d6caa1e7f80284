import { PosyError } from "../../errors/posy-error.ts";
import { type BlueprintTarget, type Interpreter, parsePythonRequest } from "../../model/index.ts";
import type { Posy } from "../../posy.ts";
import { findInterpreters, interpreterDownload } from "../../pythons/discover/index.ts";
import { quote } from "../../text/index.ts";
import type { WantedFile } from "./wanted-files.ts";
import { minorOf } from "../../vocab/version/index.ts";

/**
 * Lists the archives of the interpreters of targets. Throws `no-interpreter` for one that no source offers, such as an
 * installed Python.
 */
export async function wantedPythons(
  targets: readonly BlueprintTarget[],
  posy: Posy,
): Promise<readonly WantedFile[]> {
  const files: WantedFile[] = [];
  for (const { python, platform } of targets) {
    const offered = python.source.kind === "open" ? await offeredPython(python, posy) : python;
    const download = offered && (await interpreterDownload(offered, posy.pythons.standalone));
    if (offered === undefined || download === undefined) {
      throw new PosyError(
        "no-interpreter",
        `no source has a Python ${python.version} for ${quote(platform)} that could be downloaded`,
        {
          hint: "leave out that platform, or all interpreters with `--no-python`, or choose another one with `--python`",
        },
      );
    }
    const { implementation, version } = offered;
    files.push({ kind: "python", filename: download.filename, name: implementation, version, download });
  }
  return files;
}

/** Returns the best interpreter that a source offers now for one that the lock left open. */
async function offeredPython(
  { source, platform, version }: Interpreter,
  posy: Posy,
): Promise<Interpreter | undefined> {
  if (source.kind !== "open") return undefined;
  const request = parsePythonRequest(source.request);
  const found = await findInterpreters(request, platform, posy.pythons, { onlyProvided: true });
  const minor = minorOf(version);
  return found.find((python) => minorOf(python.version) === minor);
}
