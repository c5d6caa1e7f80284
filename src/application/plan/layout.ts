import type { Interpreter } from "../../model/index.ts";

/** The paths in an application, relative to its folder. They are those of the interpreter. */
export interface ApplicationLayout {
  readonly windows: boolean;
  /** The folder of programs: `bin`, `Scripts`. */
  readonly scripts: string;
  /** The interpreter: `bin/python`, `Scripts/python.exe`. */
  readonly python: string;
  readonly stdlib: string;
  readonly sitePackages: string;
  /** Contains one folder of C headers per package, as with pip. */
  readonly headers: string;
}

export function applicationLayout({ paths, platform }: Interpreter): ApplicationLayout {
  const windows = platform.startsWith("windows-");
  return {
    windows,
    scripts: paths.scripts,
    python: `${paths.scripts}/${windows ? "python.exe" : "python"}`,
    stdlib: paths.stdlib,
    sitePackages: paths.purelib,
    headers: paths.include,
  };
}
