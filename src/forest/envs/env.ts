/** A grown environment: an immutable folder, named by what is in it. All paths are absolute. */
export interface Env {
  readonly key: string;
  /** `<data>/envs-v1/<key>`: `sys.prefix`. */
  readonly prefix: string;
  /** `bin/python`, or `Scripts\python.exe`. */
  readonly python: string;
  /** `bin`, or `Scripts`. */
  readonly scripts: string;
  readonly sitePackages: string;
  /** `3.13.5`. */
  readonly pythonVersion: string;
  /**
   * What to set so that a command runs in it, on top of `base`: `PATH` with the scripts first, `VIRTUAL_ENV`,
   * without `PYTHONHOME`; `undefined` means unset.
   */
  envVars(base: NodeJS.ProcessEnv): Record<string, string | undefined>;
}

/** An Env as a start needs it: no more than where it is. */
export type EnvLocation = Pick<Env, "key" | "prefix" | "python" | "scripts">;
