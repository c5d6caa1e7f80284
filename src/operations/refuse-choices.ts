import { PosyError } from "../errors/posy-error.ts";
import type { BriefOptions, IndexOptions } from "../settings/index.ts";

/** Options that change the answer, and the key of `[tool.posy]` with the same meaning for the project. */
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

/** Whether commands that write a project's lock refuse an option. `name` is its camel-case name. */
export function isRefused(name: string): boolean {
  return name in keys;
}

/**
 * Throws `usage` if an option would change a project's lock. A lock depends on the project alone, so that everybody
 * gets the same one and `posy lock --check` holds afterwards.
 */
export function refuseChoices(options: BriefOptions & IndexOptions): void {
  for (const [name, [option, key]] of Object.entries(keys)) {
    if (options[name as keyof typeof keys] === undefined) continue;
    throw new PosyError(
      "usage",
      `\`${option}\` can't change a project's lock, which depends on the project alone`,
      {
        hint: `write \`${key}\` into \`[tool.posy]\`; \`posy run\` and \`posy export\` take the option for one run`,
      },
    );
  }
}
