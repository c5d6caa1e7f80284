import type { Brief } from "../../blueprint/brief.ts";
import type { Blueprint } from "../../blueprint/blueprint.ts";
import { formatBlueprint } from "../../blueprint/format-blueprint.ts";
import { openPosy, type Posy } from "../../compose.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { openHome } from "../../system/home.ts";
import type { BriefOptions, TargetOptions } from "../options/brief-options.ts";
import type { IndexOptions } from "../options/index-options.ts";
import { checkHashesOf } from "../settings/hash-mode.ts";
import { openInputs } from "../settings/inputs.ts";
import { readSettings } from "../settings/read-settings.ts";
import type { Surroundings } from "./command.ts";

export type ResolveOptions = BriefOptions &
  TargetOptions &
  IndexOptions & { readonly requirements?: readonly string[]; readonly json?: true };

/** `posy resolve`: the pins, and nothing is installed. */
export async function resolveCommand(
  typed: readonly string[],
  options: ResolveOptions,
  { console, environment, cwd }: Surroundings,
): Promise<number> {
  const files = options.requirements ?? [];
  if (typed.length + files.length === 0) {
    throw new PosyError("usage", "`posy resolve` needs something to resolve", {
      hint: "name requirements, or a file with them: `posy resolve numpy`, `posy resolve -r requirements.txt`",
    });
  }
  const inputs = openInputs(environment, cwd);
  const settings = await readSettings(
    { ...options, withRequirements: files },
    typed.map((text) => [text, ""] as const),
    inputs,
  );
  settings.warnings.forEach((warning) => console.warn(warning));
  const { brief, index, pythonIndexes, pythonMirror, requireHashes } = settings;
  const home = openHome(environment);
  const posy = await openPosy({
    home,
    index,
    pythonIndexes,
    pythonMirror,
    reporter: console.reporter,
    environment,
    cwd,
  });
  const blueprint = await resolved(posy, brief);
  if (requireHashes) checkHashesOf(blueprint, brief.requirements);
  console.print(options.json ? formatBlueprint(blueprint) : renderPins(blueprint));
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
