import { type Blueprint, type Brief, formatBlueprint } from "../../model/index.ts";
import type { Posy } from "../../posy.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { refuseLockChoice } from "../args/options/lock-options.ts";
import { blueprintOfLockFile, type LockFile, lockFileAmong } from "../../operations/locking/foreign-lock.ts";
import {
  type AskedOptions,
  checkHashesOf,
  type LockChoiceOptions,
  openInputs,
  openPosyFor,
  readAsked,
} from "../../settings/index.ts";
import type { CommandContext } from "./command.ts";

export type ResolveOptions = AskedOptions & LockChoiceOptions & { readonly json?: true };

/** `posy resolve`: prints the pins and installs nothing. */
export async function resolveCommand(
  typed: readonly string[],
  options: ResolveOptions,
  context: CommandContext,
): Promise<number> {
  if (typed.length + (options.requirements ?? []).length === 0) {
    throw new PosyError("usage", "`posy resolve` needs something to resolve", {
      hint: "give requirements, or a file with them: `posy resolve numpy`, `posy resolve -r requirements.txt`",
    });
  }
  const { requirements: files, ...others } = options;
  const inputs = openInputs(context);
  const lockFile = await lockFileAmong(files, typed, options, inputs, context);
  if (lockFile === undefined) refuseLockChoice(options);
  const settings = await readAsked(typed, lockFile ? others : options, context);
  const { brief, requireHashes } = settings;
  const posy = await openPosyFor(settings, context);
  const blueprint = await resolved(posy, brief, lockFile);
  if (requireHashes && lockFile === undefined) checkHashesOf(blueprint, brief);
  context.console.print(options.json ? formatBlueprint(blueprint) : renderPins(blueprint));
  return 0;
}

async function resolved(posy: Posy, brief: Brief, lockFile: LockFile | undefined): Promise<Blueprint> {
  const platforms = brief.platforms.length > 0 ? brief.platforms : [posy.machine.platform];
  try {
    if (lockFile) return await blueprintOfLockFile(lockFile, { brief, platforms, grows: false }, posy);
    return await posy.resolve(brief);
  } finally {
    await posy.close();
  }
}

/** Lines of `name==version`. With several targets, each has a comment with its name first. */
function renderPins({ targets }: Blueprint): string {
  return targets
    .map(({ platform, python, packages }) => {
      const lines = packages.map(({ name, version, artifact }) =>
        artifact.direct ? `${name} @ ${artifact.url}\n` : `${name}==${version}\n`,
      );
      const head = targets.length > 1 ? `# ${platform}, Python ${python.version}\n` : "";
      return head + lines.join("");
    })
    .join("\n");
}
