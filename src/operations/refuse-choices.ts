import { PosyError } from "../errors/posy-error.ts";
import type { BriefOptions, IndexOptions } from "../settings/index.ts";

/** Options by which an answer is another one, and the key of `[tool.posy]` that says the same of the project. */
const keys = {
  prefer: ["--prefer", "prefer"],
  resolution: ["--resolution", "prefer"],
  prerelease: ["--prerelease", "prerelease"],
  excludeNewer: ["--exclude-newer", "exclude-newer"],
  excludeNewerPackage: ["--exclude-newer-package", "exclude-newer-package"],
  noBuild: ["--no-build", "no-build"],
  noBuildPackage: ["--no-build-package", "no-build"],
  onlyBinary: ["--only-binary", "no-build"],
  noBinary: ["--no-binary", "no-binary"],
  configSetting: ["--config-setting", "config-settings"],
  configSettingsPackage: ["--config-settings-package", "config-settings-package"],
  buildConstraint: ["--build-constraint", "build-constraints"],
} as const satisfies Partial<Record<keyof (BriefOptions & IndexOptions), readonly [string, string]>>;

/** By the name of the option's value. */
export function isRefused(name: string): boolean {
  return name in keys;
}

/**
 * For commands that write a project's lock: a lock is the same whoever makes it, so that what is typed once has no part in it, and
 * `posy lock --check` tells the truth afterwards. Throws `usage`.
 */
export function refuseChoices(options: BriefOptions & IndexOptions): void {
  for (const [name, [option, key]] of Object.entries(keys)) {
    if (options[name as keyof typeof keys] === undefined) continue;
    throw new PosyError(
      "usage",
      `\`${option}\` has no part in a project's lock, which is what the project asks for`,
      {
        hint: `write \`${key}\` into \`[tool.posy]\`; \`posy run\` and \`posy export\` take the option for once`,
      },
    );
  }
}
