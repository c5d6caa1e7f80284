import { PosyError } from "../errors/posy-error.ts";
import type { ProjectOptions } from "../settings/index.ts";

/** Returns the options that only a project can have, as they are typed. */
export function projectOptionsOf(options: ProjectOptions): readonly string[] {
  const { env, group, extra, frozen, locked, allGroups, allExtras, noDev, noGroup, onlyGroup } = options;
  const { noInstallProject, noInstallLocal, noInstallPackage } = options;
  const typed: readonly (readonly [option: string, value: unknown])[] = [
    ["--env", env],
    ["--group", group],
    ["--extra", extra],
    ["--all-groups", allGroups],
    ["--all-extras", allExtras],
    ["--no-dev", noDev],
    ["--no-group", noGroup],
    ["--only-group", onlyGroup],
    ["--no-install-project", noInstallProject],
    ["--no-install-local", noInstallLocal],
    ["--no-install-package", noInstallPackage],
    ["--frozen", frozen],
    ["--locked", locked],
  ];
  return typed.filter(([, value]) => value).map(([option]) => option);
}

/**
 * Throws `usage` for options of a project where requirements or a lock file are used instead of one. A lock file has
 * groups and extras. `more` are further options of a command, as they are typed.
 */
export function refuseProjectOptions(
  options: ProjectOptions,
  hasLockFile: boolean,
  more: readonly string[] = [],
): void {
  const [option] = [...projectOptionsOf(options), ...more].filter(
    (name) => !hasLockFile || (name !== "--group" && name !== "--extra"),
  );
  if (option === undefined) return;
  throw new PosyError("usage", `\`${option}\` is for the lock of a project, and no project is used here`, {
    hint: "leave it out, or run this in a project without naming requirements",
  });
}
