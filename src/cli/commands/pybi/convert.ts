import { resolve } from "node:path";
import { convertArchive } from "../../../pythons/pybi/convert/index.ts";
import { platformNames } from "../../../vocab/tags/index.ts";
import { choose } from "../../../text/index.ts";
import type { CommandContext } from "../command.ts";

export interface PybiConvertOptions {
  readonly output?: string;
  readonly platform?: string;
  readonly with?: readonly string[];
  readonly json?: true;
}

/** `posy pybi convert`: makes a pybi from a Python distribution and prints its path. */
export async function pybiConvertCommand(
  archive: string,
  options: PybiConvertOptions,
  { console, cwd }: CommandContext,
): Promise<number> {
  const { platform } = options;
  const wanted = platform === undefined ? undefined : choose("--platform", platform, platformNames);
  const converted = await convertArchive(resolve(cwd, archive), resolve(cwd, options.output ?? "."), {
    platform: wanted,
    companions: (options.with ?? []).map((path) => resolve(cwd, path)),
  });
  for (const warning of converted.warnings) console.warn(warning);
  console.print(options.json ? `${JSON.stringify(converted, undefined, 2)}\n` : `${converted.path}\n`);
  return 0;
}
