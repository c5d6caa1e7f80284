import type { PipOptions } from "../../packages/index.ts";
import { all, type Handling, honoured, irrelevant, warningsFor } from "./handling.ts";
import { isSet } from "./uv-variables.ts";

const otherTarget = "ask for it with `--platform` and `--python-version`";

/** Every long option of `pip install`, by its name in `pip.conf` and `PIP_…` variables, and how Posy handles it. */
export const pipSettings: ReadonlyMap<string, Handling> = new Map([
  ...all(
    honoured,
    `index-url pypi-url extra-index-url no-index find-links trusted-host cert client-cert proxy keyring-provider timeout
    default-timeout retries constraint build-constraint pre all-releases only-final uploaded-prior-to only-binary no-binary require-hashes`,
  ),
  ...all(
    irrelevant,
    `help debug isolated require-virtualenv python verbose version quiet log no-input exists-action cache-dir
    no-cache-dir disable-pip-version-check no-color no-python-version-warning use-feature use-deprecated
    resume-retries root-user-action progress-bar no-clean report dry-run compile no-compile no-warn-script-location
    no-warn-conflicts force-reinstall ignore-installed break-system-packages src user root prefix target
    upgrade upgrade-strategy use-pep517 check-build-dependencies override config-file config-settings-package
    no-build-isolation-package`,
  ),
  ...all(otherTarget, "platform python-version implementation abi"),
  ...all(
    "name it on the command line, or add it to the project",
    "requirement editable requirements-from-script group",
  ),
  ["no-deps", "Posy installs what a package needs"],
  ["no-dependencies", "Posy installs what a package needs"],
  ["prefer-binary", "`--only-binary NAME` takes no sources of a package"],
  ["ignore-requires-python", "Posy takes only what is for the Python that is used"],
  ["hash", "write the hash behind its requirement"],
  ["no-build-isolation", "`--no-build-isolation` builds without isolation"],
  ["config-settings", "`--config-setting KEY=VALUE` is for build backends"],
  ["config-setting", "`--config-setting KEY=VALUE` is for build backends"],
  ["global-option", "`--config-setting KEY=VALUE` is for build backends"],
  ["build-option", "`--config-setting KEY=VALUE` is for build backends"],
  ["no-use-pep517", "Posy builds by PEP 517"],
]);

/** Returns a warning for each option that a `pip.conf` or the `PIP_…` variables set and Posy does not honour. */
export function pipWarnings(options: PipOptions, named: (name: string) => string): readonly string[] {
  const set = [...options].filter(([, value]) => isSet(value)).map(([name]) => name);
  return warningsFor(set.sort(), pipSettings, { named });
}
