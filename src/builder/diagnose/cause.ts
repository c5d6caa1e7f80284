/** A build that failed, as far as its cause goes. */
export interface FailedBuild {
  /** The package's name, for options. */
  readonly name: string;
  readonly pythonVersion: string;
  readonly platform: NodeJS.Platform;
}

/** A cause that is met often: what the output says then, and what to do. */
export interface Cause {
  /** Looked for in the whole output; the last place counts. */
  readonly pattern: RegExp;
  /** Undefined where it is no cause after all. */
  readonly hint: (match: RegExpMatchArray, build: FailedBuild) => string | undefined;
  /** It passes without any change to the source or the machine's software: the same build may succeed later. */
  readonly passing?: true;
}
