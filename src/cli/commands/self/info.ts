import { describeSelf } from "../../../operations/self/describe-self.ts";
import type { JsonOption } from "../cache.ts";
import type { CommandContext } from "../command.ts";

const kinds = {
  file: "single file",
  npm: "npm package",
  python: "Python package",
  clone: "clone of the repository",
} as const;

/** `posy self info`: prints the version, how Posy was installed, and where its files are. */
export async function selfInfoCommand({ json }: JsonOption, context: CommandContext): Promise<number> {
  const description = await describeSelf(context);
  const { installation, releases, ...others } = description;
  if (json) {
    const data = { ...others, ...installation, releases: releases ?? null };
    context.console.print(`${JSON.stringify(data, undefined, 2)}\n`);
    return 0;
  }
  const rows: readonly (readonly [string, string])[] = [
    ["version", others.version],
    ["platform", others.platform],
    ["path", installation.path],
    ["installed as", kinds[installation.kind]],
    ...(installation.updatedBy === undefined ? [] : [["updated by", installation.updatedBy] as const]),
    ["store", others.store],
    ["cache", others.cache],
    ["configuration", others.configuration],
    ...(releases === undefined ? [] : [["releases", releases] as const]),
  ];
  context.console.print(rows.map(([name, value]) => `${name.padEnd(15)}${value}\n`).join(""));
  return 0;
}
