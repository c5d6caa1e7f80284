import { basename, join, resolve } from "node:path";
import { lstat, mkdir, rename } from "node:fs/promises";
import { PosyError } from "../../errors/posy-error.ts";
import { asPosyError, removeTree, temporaryPath } from "../../system/fs/index.ts";
import { parsePybiFilename } from "../../vocab/filenames/index.ts";
import { localPybi } from "./local-pybi.ts";
import { extractInterpreter } from "../extract/index.ts";
import { platformsOfTags } from "../compatibility/index.ts";

/**
 * Unpacks a pybi of any platform into `target`, or a folder of its own name here; all of it or nothing. What is there
 * already is left alone. Gives the folder. Throws `filesystem` where there is something, and what `placeInterpreter` throws.
 */
export async function unpackPybi(path: string, target: string | undefined, cwd: string): Promise<string> {
  const filename = basename(path);
  const { platformTags } = parsePybiFilename(filename);
  const [platform] = platformsOfTags(platformTags);
  if (platform === undefined) {
    throw new PosyError("unknown-platform", `\`${filename}\` is for no platform that is known`, {
      hint: "the end of its name says what it is for",
    });
  }
  const file = resolve(cwd, path);
  const into = resolve(cwd, target ?? filename.slice(0, -".pybi".length));
  const interpreter = await localPybi(file, platform);
  const beside = temporaryPath(join(into, ".."), ".posy-unpack");
  try {
    await refuseExisting(into);
    await mkdir(beside, { recursive: true });
    await extractInterpreter(interpreter, file, beside);
    await refuseExisting(into);
    await rename(beside, into);
    return into;
  } catch (error) {
    await removeTree(beside).catch(() => {});
    throw asPosyError(error, `unpacking \`${filename}\``);
  }
}

async function refuseExisting(path: string): Promise<void> {
  const there = await lstat(path).catch(() => undefined);
  if (there === undefined) return;
  throw new PosyError("filesystem", `there is something at \`${path}\` already`, {
    hint: "choose another folder with `--output`, or move it away",
  });
}
