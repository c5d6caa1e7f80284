import type { Brief } from "../../blueprint/brief.ts";
import type { Blueprint } from "../../blueprint/blueprint.ts";
import { formatBlueprint } from "../../blueprint/format-blueprint.ts";
import type { Posy } from "../../compose.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { checkHashesOf } from "../settings/hash-mode.ts";
import { type AskedOptions, readAsked } from "../settings/read-asked.ts";
import { openPosyFor } from "../settings/open-posy-for.ts";
import type { Surroundings } from "./command.ts";

export type ResolveOptions = AskedOptions & { readonly json?: true };

/** `posy resolve`: the pins, and nothing is installed. */
export async function resolveCommand(
  typed: readonly string[],
  options: ResolveOptions,
  around: Surroundings,
): Promise<number> {
  if (typed.length + (options.requirements ?? []).length === 0) {
    throw new PosyError("usage", "`posy resolve` needs something to resolve", {
      hint: "name requirements, or a file with them: `posy resolve numpy`, `posy resolve -r requirements.txt`",
    });
  }
  const settings = await readAsked(typed, options, around);
  const { brief, requireHashes } = settings;
  const posy = await openPosyFor(settings, around);
  const blueprint = await resolved(posy, brief);
  if (requireHashes) checkHashesOf(blueprint, brief.requirements);
  around.console.print(options.json ? formatBlueprint(blueprint) : renderPins(blueprint));
  return 0;
}

async function resolved(posy: Posy, brief: Brief): Promise<Blueprint> {
  try {
    return await posy.resolve(brief);
  } finally {
    await posy.close();
  }
}

/** `name==version` lines; with several targets each under a comment that names it. */
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
