import { basename, join, resolve } from "node:path";
import { lstat, mkdir, rename } from "node:fs/promises";
import { PosyError } from "../../errors/posy-error.ts";
import { asPosyError, removeTree, temporaryPath } from "../../system/fs/index.ts";
import { parsePybiFilename } from "../../vocab/filenames/index.ts";
import { localPybi } from "./local-pybi.ts";
import { extractInterpreter } from "../extract/index.ts";
import { platformsOfTags } from "../compatibility/index.ts";

/**
 * Unpacks a pybi of any platform into `target`, or into a folder with the pybi's name in `cwd`, completely or not at
 * all. Returns the folder. Throws `filesystem` if something exists at that path, and the errors of
 * `extractInterpreter`.
 */
export async function unpackPybi(path: string, target: string | undefined, cwd: string): Promise<string> {
  const filename = basename(path);
  const { platformTags } = parsePybiFilename(filename);
  const [platform] = platformsOfTags(platformTags);
  if (platform === undefined) {
    throw new PosyError("unknown-platform", `\`${filename}\` is for a platform that Posy does not support`, {
      hint: "the file name ends with the platforms that it is for",
    });
  }
  const file = resolve(cwd, path);
  const into = resolve(cwd, target ?? filename.slice(0, -".pybi".length));
  const interpreter = await localPybi(file, platform);
  const temporary = temporaryPath(join(into, ".."), ".posy-unpack");
  try {
    await refuseExisting(into);
    await mkdir(temporary, { recursive: true });
    await extractInterpreter(interpreter, file, temporary);
    await refuseExisting(into);
    await rename(temporary, into);
    return into;
  } catch (error) {
    await removeTree(temporary).catch(() => {});
    throw asPosyError(error, `unpacking \`${filename}\``);
  }
}

async function refuseExisting(path: string): Promise<void> {
  const existing = await lstat(path).catch(() => undefined);
  if (existing === undefined) return;
  throw new PosyError("filesystem", `\`${path}\` exists already`, {
    hint: "choose another folder with `--output`, or move the existing one away",
  });
}
