import { type Blueprint, formatBlueprint } from "../../model/index.ts";
import { resolveRequirements } from "../../operations/resolve.ts";
import type { AskedOptions, LockChoiceOptions } from "../../settings/index.ts";
import { openHome } from "../../system/fs/index.ts";
import { refuseLockChoice } from "../args/options/lock-options.ts";
import { recordCacheInputs } from "../warm-start/cache-inputs.ts";
import { resolveEntryLocation } from "../warm-start/entry-path.ts";
import { isFromIndexes } from "../warm-start/from-indexes.ts";
import { writeResolveEntry } from "../warm-start/resolve-entry.ts";
import type { CommandContext } from "./command.ts";

export type ResolveOptions = AskedOptions & LockChoiceOptions & { readonly json?: true };

/**
 * `posy resolve`: prints the pins and installs nothing. It caches the answer under `arguments_`, the arguments as
 * typed, for the next warm start.
 */
export async function resolveCommand(
  typed: readonly string[],
  options: ResolveOptions,
  arguments_: readonly string[],
  context: CommandContext,
): Promise<number> {
  const { console, environment } = context;
  // Computed before anything is read, so that a file that changes meanwhile makes the entry invalid.
  const entry = resolveEntryLocation(arguments_, openHome(environment), environment);
  const reporter = recordCacheInputs(console.reporter);
  const { blueprint, settings, inputs, isLocked } = await resolveRequirements(
    typed,
    options,
    { ...context, reporter },
    () => refuseLockChoice(options),
  );
  const text = options.json ? formatBlueprint(blueprint) : renderPins(blueprint);
  console.print(text);
  const recorded = reporter.cacheInputs();
  if (entry && recorded && !isLocked && isFromIndexes(blueprint, settings.index))
    await writeResolveEntry(entry, inputs, recorded, { warnings: settings.warnings, text });
  return 0;
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
