import { PosyError } from "../../errors/posy-error.ts";
import { changeVersion, type ProjectVersion, readVersion } from "../../operations/project-version.ts";
import type { SessionOptions } from "../../operations/session/project-session.ts";
import { choose } from "../../text/index.ts";
import { bumpParts, type VersionBump } from "../../vocab/version/index.ts";
import type { CommandContext } from "./command.ts";
import { warnOfShadowed } from "./warn-of-shadowed.ts";

export type VersionCommandOptions = Omit<SessionOptions, "group" | "extra"> & {
  readonly bump?: readonly string[];
  readonly short?: true;
  readonly dryRun?: true;
  readonly frozen?: true;
  readonly json?: true;
};

/** `posy version`: prints or changes the version of the project. */
export async function versionCommand(
  exact: string | undefined,
  { bump = [], short, dryRun, frozen, json, ...options }: VersionCommandOptions,
  context: CommandContext,
): Promise<number> {
  if (exact !== undefined && bump.length > 0) {
    throw new PosyError("usage", "a version and `--bump` can't be combined", {
      hint: "`--bump patch=4` sets one part of the version",
    });
  }
  await warnOfShadowed("version", context);
  const change = { exact, bumps: bump.map(parseBump), dryRun: dryRun === true, frozen: frozen === true };
  const isChange = exact !== undefined || bump.length > 0;
  const result = await (isChange ? changeVersion(change, options, context) : readVersion(options, context));
  context.console.print(
    json ? `${JSON.stringify(dataOf(result, isChange), undefined, 2)}\n` : lineOf(result, isChange, short),
  );
  return 0;
}

/** Parses `patch`, or `patch=4`. */
function parseBump(text: string): VersionBump {
  const [, name = text, number] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  const part = choose("--bump", name, bumpParts);
  if (number === undefined) return { part };
  if (part !== "stable" && /^\d{1,15}$/.test(number)) return { part, value: Number(number) };
  throw new PosyError("usage", `\`--bump\` takes no \`${text}\``, {
    hint: "write a number after `=`, as in `--bump patch=4`",
  });
}

function lineOf({ name, before, version }: ProjectVersion, isChange: boolean, short?: true): string {
  if (short) return `${version}\n`;
  return `${name === undefined ? "" : `${name} `}${isChange ? `${before} → ` : ""}${version}\n`;
}

function dataOf({ name, before, version, path }: ProjectVersion, isChange: boolean) {
  return { name: name ?? null, version, ...(isChange && { before }), path: path ?? null };
}
