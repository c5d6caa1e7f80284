import type { TomlTable } from "../../toml/index.ts";
import { all, type Handling, honoured, irrelevant, warningsFor } from "./handling.ts";

/** Every setting of `uv.toml` and `[tool.uv]` that uv documents (`uv.schema.json`), and how Posy handles it. */
export const uvSettings: ReadonlyMap<string, Handling> = new Map([
  // Where packages come from.
  ...all(
    honoured,
    `index index-url extra-index-url find-links no-index index-strategy keyring-provider allow-insecure-host
    offline exclude-newer exclude-newer-package concurrent-downloads python-install-mirror`,
  ),
  // Which versions are taken, and how they are built.
  ...all(
    honoured,
    `constraint-dependencies override-dependencies exclude-dependencies build-constraint-dependencies resolution
    prerelease prerelease-package no-build no-build-package no-binary no-binary-package no-build-isolation
    no-build-isolation-package config-settings config-settings-package cache-keys`,
  ),
  // Where `posy publish` uploads.
  ...all(honoured, "publish-url check-url trusted-publishing"),
  // What a project is.
  ...all(
    honoured,
    `sources workspace dev-dependencies default-groups environments required-environments package conflicts`,
  ),
  // How uv works and looks; the folders that it uses.
  ...all(
    irrelevant,
    `add-bounds audit build-backend cache-dir compile-bytecode concurrent-builds
    concurrent-installs link-mode managed no-cache preview preview-features reinstall reinstall-package required-version`,
  ),
  ["dependency-metadata", "correct what the package says with `overrides` in `[tool.posy]`"],
  ["dependency-groups", "say `python` for an environment of `[tool.posy.envs]`"],
  ["extra-build-dependencies", "name the packages with `no-build-isolation-package`, and add what they need"],
  ["extra-build-variables", "set the variables in the environment"],
  ["fork-strategy", "Posy takes the same version on all platforms and Pythons wherever it can"],
  ["no-sources", "take the sources out of the file"],
  ["no-sources-package", "take the sources out of the file"],
  [
    "torch-backend",
    "name the index of PyTorch in `[[tool.posy.indexes]]`, and the package in `[tool.posy.sources]`",
  ],
  ["upgrade", "`posy lock --upgrade` takes newer versions"],
  ["upgrade-package", "`posy lock --upgrade-package` takes newer versions"],
  ["pip", "it is for `uv pip` alone: write what is to hold here one level up"],
  ["python-preference", "`POSY_PYTHON_MIRROR=off` takes only Pythons that are here"],
  ["python-downloads", "`POSY_PYTHON_MIRROR=off` takes only Pythons that are here"],
  ...all("`--python-index` names more indexes of Pythons", "pypy-install-mirror python-downloads-json-url"),
  ["http-proxy", "set `HTTP_PROXY`"],
  ["https-proxy", "set `HTTPS_PROXY`"],
  ["no-proxy", "set `NO_PROXY`"],
  ["native-tls", "name the certificates with `POSY_CERT` or `SSL_CERT_FILE`"],
  ["system-certs", "name the certificates with `POSY_CERT` or `SSL_CERT_FILE`"],
]);

/** Every key of `[[tool.uv.index]]`. */
export const uvIndexKeys: ReadonlyMap<string, Handling> = new Map([
  ...all(honoured, "name url default explicit format publish-url"),
  ...all(irrelevant, "authenticate cache-control ignore-error-codes"),
  ["exclude-newer", "`exclude-newer` and `exclude-newer-package` hold for all indexes"],
  ["hash-algorithm", "Posy takes the strongest hash that an index gives"],
]);

/** Returns a warning for each setting of one file that affects what is installed and is not honoured. */
export function uvWarnings(table: TomlTable, path: string): readonly string[] {
  const isTool = path.endsWith("pyproject.toml");
  const named = (prefix: string) => (name: string) =>
    `\`${isTool ? "tool.uv." : ""}${prefix}${name}\` in \`${path}\``;
  const indexes = Array.isArray(table["index"]) ? (table["index"] as unknown[]) : [];
  const indexKeys = new Set(
    indexes.flatMap((index) => (typeof index === "object" && index !== null ? Object.keys(index) : [])),
  );
  const set = Object.keys(table).filter((name) => !isWithoutEffect(name, table[name]));
  return [
    ...warningsFor(set, uvSettings, { named: named(""), unknown }),
    ...warningsFor([...indexKeys], uvIndexKeys, { named: named("index."), unknown }),
  ];
}

const unknown = "Posy does not know it";

/** Whether a setting has the value that holds anyway. */
function isWithoutEffect(name: string, value: unknown): boolean {
  if (value === false || (Array.isArray(value) && value.length === 0)) return true;
  return name === "python-preference"
    ? value === "managed" || value === "system"
    : name === "python-downloads" && value !== "never";
}
