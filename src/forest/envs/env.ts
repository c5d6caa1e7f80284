/** An environment on disk: an immutable folder, named by the hash of its contents. All paths are absolute. */
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
   * Returns the variables that a command needs to run in the Env, on top of `base`: `PATH` with the scripts first,
   * `VIRTUAL_ENV`, and `PYTHONHOME` as `undefined`, which means that it has to be unset.
   */
  envVars(base: NodeJS.ProcessEnv): Record<string, string | undefined>;
}

/** The part of an Env that starting a command needs: its paths. */
export type EnvLocation = Pick<Env, "key" | "prefix" | "python" | "scripts">;
