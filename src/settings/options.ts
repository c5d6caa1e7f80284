/**
 * What a caller may ask of an operation: plain values, each by the name of the command line's option. The command line
 * declares the options themselves (`src/cli/args/options`); programs that embed Posy write these objects.
 */

export interface PythonOptions {
  readonly python?: string;
  readonly pythonIndex?: readonly string[];
  readonly pythonMirror?: string;
}

export interface BriefOptions extends PythonOptions, BuildOptions {
  readonly with?: readonly string[];
  readonly withEditable?: readonly string[];
  readonly withRequirements?: readonly string[];
  readonly constraint?: readonly string[];
  readonly override?: readonly string[];
  readonly prerelease?: readonly string[];
  readonly prefer?: string;
  readonly resolution?: string;
  readonly requireHashes?: true;
}

export interface TargetOptions {
  readonly platform?: readonly string[];
  readonly pythonVersion?: string;
}

export interface BuildOptions {
  readonly noBuild?: true;
  readonly noBuildPackage?: readonly string[];
  readonly onlyBinary?: readonly string[];
  readonly noBinary?: readonly string[];
  readonly configSetting?: readonly string[];
  readonly configSettingsPackage?: readonly string[];
  readonly buildConstraint?: readonly string[];
  readonly noBuildIsolation?: true;
  readonly noBuildIsolationPackage?: readonly string[];
}

export interface IndexOptions {
  readonly index?: readonly string[];
  readonly defaultIndex?: string;
  readonly indexUrl?: string;
  readonly extraIndexUrl?: readonly string[];
  readonly findLinks?: readonly string[];
  readonly noIndex?: true;
  readonly indexStrategy?: string;
  readonly excludeNewer?: string;
  readonly excludeNewerPackage?: readonly string[];
  readonly offline?: true;
  readonly refresh?: true;
  readonly refreshPackage?: readonly string[];
  readonly cert?: string;
  readonly trustedHost?: readonly string[];
}

export interface ProjectOptions {
  readonly env?: string;
  readonly group?: readonly string[];
  readonly extra?: readonly string[];
  readonly noProject?: true;
  readonly frozen?: true;
}

/** What of a lock file is wanted. */
export interface LockChoiceOptions {
  readonly group?: readonly string[];
  readonly extra?: readonly string[];
}

/** Which of a project's lists is meant. */
export interface PlaceOptions {
  readonly group?: string;
  readonly extra?: string;
  readonly dev?: true;
}
