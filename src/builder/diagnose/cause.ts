/** What a hint depends on. */
export interface FailedBuild {
  /** The package's name, for options. */
  readonly name: string;
  readonly pythonVersion: string;
  readonly platform: NodeJS.Platform;
}

/** A frequent cause of failed builds: what the output contains, and what to do. */
export interface Cause {
  /** Matched against the whole output. The last match counts. */
  readonly pattern: RegExp;
  /** Returns undefined if the match is not a cause. */
  readonly hint: (match: RegExpMatchArray, build: FailedBuild) => string | undefined;
  /** The same build may succeed later without any change to the source or the machine's software. */
  readonly transient?: true;
}
