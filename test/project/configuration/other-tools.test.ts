import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { pipSettings, pipWarnings } from "../../../src/project/configuration/pip-settings.ts";
import { projectTools, projectToolWarnings } from "../../../src/project/configuration/project-tools.ts";
import { uvIndexKeys, uvSettings, uvWarnings } from "../../../src/project/configuration/uv-settings.ts";
import { uvVariables, uvVariableWarnings } from "../../../src/project/configuration/uv-variables.ts";

// Names as uv documents them: the properties of `uv.schema.json` and of its `Index`, and the variables of
// `crates/uv-static/src/env_vars.rs`, which its environment reference is made of (August 2026).
const documentedSettings = `
  add-bounds allow-insecure-host audit build-backend build-constraint-dependencies cache-dir cache-keys check-url compile-bytecode concurrent-builds concurrent-downloads concurrent-installs config-settings config-settings-package conflicts constraint-dependencies default-groups dependency-groups
  dependency-metadata dev-dependencies environments exclude-dependencies exclude-newer exclude-newer-package extra-build-dependencies extra-build-variables extra-index-url find-links fork-strategy
  http-proxy https-proxy index index-strategy index-url keyring-provider link-mode managed native-tls
  no-binary no-binary-package no-build no-build-isolation no-build-isolation-package no-build-package
  no-cache no-index no-proxy no-sources no-sources-package offline override-dependencies package pip
  prerelease prerelease-package preview preview-features publish-url pypy-install-mirror python-downloads python-downloads-json-url python-install-mirror python-preference reinstall reinstall-package required-environments required-version resolution sources system-certs torch-backend
  trusted-publishing upgrade upgrade-package workspace
`;
const documentedIndexKeys =
  "authenticate cache-control default exclude-newer explicit format hash-algorithm ignore-error-codes name publish-url url";
const documentedVariables = `
  UV UV_OFFLINE UV_DEFAULT_INDEX UV_INDEX UV_INDEX_URL UV_EXTRA_INDEX_URL UV_FIND_LINKS UV_NO_SOURCES
  UV_CACHE_DIR UV_CREDENTIALS_DIR UV_NO_CACHE UV_RESOLUTION UV_PRERELEASE UV_FORK_STRATEGY
  UV_SYSTEM_PYTHON UV_PYTHON UV_BREAK_SYSTEM_PACKAGES UV_NATIVE_TLS UV_SYSTEM_CERTS UV_INDEX_STRATEGY
  UV_REQUIRE_HASHES UV_CONSTRAINT UV_BUILD_CONSTRAINT UV_OVERRIDE UV_EXCLUDE UV_LINK_MODE
  UV_NO_BUILD_ISOLATION UV_CUSTOM_COMPILE_COMMAND UV_KEYRING_PROVIDER UV_CONFIG_FILE UV_NO_CONFIG
  UV_NO_SYSTEM_CONFIG UV_ISOLATED UV_EXCLUDE_NEWER UV_PYTHON_PREFERENCE UV_MANAGED_PYTHON
  UV_NO_MANAGED_PYTHON UV_PYTHON_DOWNLOADS UV_LIBC UV_COMPILE_BYTECODE UV_COMPILE_BYTECODE_TIMEOUT
  UV_NO_EDITABLE UV_DEV UV_NO_DEV UV_NO_GROUP UV_NO_DEFAULT_GROUPS UV_NO_INSTALL_PROJECT
  UV_NO_INSTALL_WORKSPACE UV_NO_INSTALL_LOCAL UV_ONLY_INSTALL_PROJECT UV_ONLY_INSTALL_WORKSPACE
  UV_ONLY_INSTALL_LOCAL UV_NO_BINARY UV_NO_BINARY_PACKAGE UV_NO_BUILD UV_NO_BUILD_PACKAGE
  UV_NO_SOURCES_PACKAGE UV_PUBLISH_URL UV_PUBLISH_TOKEN UV_PUBLISH_INDEX UV_PUBLISH_USERNAME
  UV_PUBLISH_PASSWORD UV_PUBLISH_CHECK_URL UV_PUBLISH_NO_ATTESTATIONS UV_NO_SYNC UV_LOCKED UV_FROZEN
  UV_PREVIEW UV_PREVIEW_FEATURES UV_GITHUB_TOKEN UV_NO_VERIFY_HASHES UV_INSECURE_HOST
  UV_INSECURE_NO_ZIP_VALIDATION UV_CONCURRENT_DOWNLOADS UV_CONCURRENT_BUILDS UV_CONCURRENT_INSTALLS
  UV_CONCURRENT_CACHE_READS UV_NO_PROGRESS UV_TOOL_DIR UV_TOOL_BIN_DIR UV_INIT_BARE
  UV_INIT_BUILD_BACKEND UV_PROJECT_ENVIRONMENT UV_PYTHON_BIN_DIR UV_PYTHON_INSTALL_DIR
  UV_PYTHON_INSTALL_BIN UV_PYTHON_INSTALL_REGISTRY UV_PYTHON_NO_REGISTRY UV_PYTHON_DOWNLOADS_JSON_URL
  UV_PYTHON_CACHE_DIR UV_PYTHON_INSTALL_MIRROR UV_PYPY_INSTALL_MIRROR UV_PYTHON_CPYTHON_BUILD
  UV_PYTHON_PYPY_BUILD UV_PYTHON_GRAALPY_BUILD UV_PYTHON_PYODIDE_BUILD UV_VENV_CLEAR
  UV_VENV_RELOCATABLE UV_VENV_SEED UV_PYTHON_SEARCH_PATH UV_SHOW_RESOLUTION UV_UPDATE_SCHEMA
  UV_NO_WRAP UV_MALWARE_CHECK UV_MALWARE_CHECK_URL UV_COMMIT_HASH UV_COMMIT_SHORT_HASH UV_COMMIT_DATE
  UV_LAST_TAG UV_LAST_TAG_DISTANCE UV_INTERNAL__PARENT_INTERPRETER UV_INTERNAL__BUILD_DIR
  UV_INTERNAL__SHOW_DERIVATION_TREE UV_INTERNAL__TEST_DIR UV_INTERNAL__TEST_COW_FS
  UV_INTERNAL__TEST_NOCOW_FS UV_INTERNAL__TEST_ALT_FS UV_INTERNAL__TEST_SMB_FS
  UV_INTERNAL__TEST_LOWLINKS_FS UV_INTERNAL__TEST_PYTHON_MANAGED UV_INTERNAL__TEST_LFS_DISABLED
  UV_UPLOAD_HTTP_TIMEOUT UV_HTTP_TIMEOUT UV_HTTP_CONNECT_TIMEOUT UV_HTTP_RETRIES UV_REQUEST_TIMEOUT
  UV_LOG_CONTEXT UV_STACK_SIZE UV_TEST_NO_HTTP_RETRY_DELAY UV_GITHUB_FAST_PATH_URL
  UV_TEST_NO_CLI_PROGRESS UV_TEST_CURRENT_TIMESTAMP UV_TEST_AVAILABLE_VERSION_CUTOFF UV_ENV_FILE
  UV_NO_ENV_FILE UV_INSTALLER_GITHUB_BASE_URL UV_INSTALLER_GHE_BASE_URL UV_INSTALL_DIR
  UV_UNMANAGED_INSTALL UV_DOWNLOAD_URL UV_NO_MODIFY_PATH UV_NO_INSTALLER_METADATA UV_GIT_LFS
  UV_RUN_RLIMIT_NOFILE UV_RUN_RECURSION_DEPTH UV_RUN_MAX_RECURSION_DEPTH UV_CUDA_DRIVER_VERSION
  UV_AMD_GPU_ARCHITECTURE UV_TORCH_BACKEND UV_PROJECT UV_NO_PROJECT UV_WORKING_DIR
  UV_WORKING_DIRECTORY UV_NO_GITHUB_FAST_PATH UV_NO_HF_TOKEN UV_S3_ENDPOINT_URL UV_GCS_ENDPOINT_URL
  UV_AZURE_ENDPOINT_URL UV_API_KEY UV_AUTH_TOKEN UV_SKIP_WHEEL_FILENAME_CHECK UV_HIDE_BUILD_OUTPUT
  UV_LOCK_TIMEOUT
`;
// The long options of `pip install --help` (pip 23 to 26).
const documentedOptions = `
  abi all-releases break-system-packages build-constraint build-option cache-dir cert check-build-dependencies client-cert compile config-setting config-settings constraint debug default-timeout
  disable-pip-version-check dry-run editable exists-action extra-index-url find-links force-reinstall
  global-option group hash help ignore-installed ignore-requires-python implementation index-url
  isolated keyring-provider log no-binary no-build-isolation no-cache-dir no-clean no-color no-compile
  no-dependencies no-deps no-index no-input no-python-version-warning no-use-pep517 no-warn-conflicts
  no-warn-script-location only-binary only-final platform pre prefer-binary prefix progress-bar proxy
  pypi-url python python-version quiet report require-hashes require-virtualenv requirement
  requirements-from-script resume-retries retries root root-user-action src target timeout trusted-host upgrade upgrade-strategy uploaded-prior-to use-deprecated use-feature use-pep517 user verbose
  version
`;
// The tables of Poetry, PDM and Hatch, as their documentation has them.
const documentedTables = {
  poetry: `name version description license authors maintainers readme homepage repository documentation keywords
    classifiers packages include exclude dependencies dev-dependencies group extras scripts plugins urls build source
    package-mode requires-poetry requires-plugins`,
  pdm: "source resolution dev-dependencies distribution options build version scripts plugins publish",
  hatch: `build metadata version publish env envs workspace envs.*.dependencies envs.*.extra-dependencies
    envs.*.dependency-groups envs.*.features envs.*.python envs.*.matrix envs.*.skip-install envs.*.detached`,
};

const words = (text: string) => text.split(/\s+/).filter((word) => word !== "");

describe("the tables have every documented", () => {
  for (const [what, names, table] of [
    ["setting of uv", documentedSettings, uvSettings],
    ["key of an index of uv", documentedIndexKeys, uvIndexKeys],
    ["variable of uv", documentedVariables, uvVariables],
    ["option of pip", documentedOptions, pipSettings],
    ["key of Poetry", documentedTables.poetry, projectTools.poetry],
    ["key of PDM", documentedTables.pdm, projectTools.pdm],
    ["key of Hatch", documentedTables.hatch, projectTools.hatch],
  ] as const) {
    test(what, () => {
      assert.deepEqual(
        words(names).filter((name) => !table.has(name)),
        [],
      );
    });
  }
});

describe("a warning names", () => {
  test("a setting of uv that is not honoured, its file and what to do", () => {
    const table = {
      "dependency-metadata": [{ name: "a" }],
      "no-build": true,
      "link-mode": "copy",
      unheard: 1,
    };
    assert.deepEqual(uvWarnings(table, "/there/uv.toml"), [
      "`dependency-metadata` in `/there/uv.toml` is not honoured: correct what the package says with `overrides` in `[tool.posy]`",
      "`unheard` in `/there/uv.toml` is not honoured: Posy does not know it",
    ]);
    assert.match(
      uvWarnings({ "torch-backend": "cpu" }, "/a/pyproject.toml")[0] ?? "",
      /^`tool\.uv\.torch-backend` in/,
    );
    assert.match(
      uvWarnings({ index: [{ url: "x", "exclude-newer": "7 days" }] }, "/uv.toml")[0] ?? "",
      /^`index\.exclude-newer` in/,
    );
  });

  test("no setting of uv that is switched off", () => {
    assert.deepEqual(uvWarnings({ "no-sources": false, "dependency-metadata": [] }, "/uv.toml"), []);
    assert.deepEqual(
      uvWarnings({ "python-preference": "managed", "python-downloads": "automatic" }, "/uv.toml"),
      [],
    );
  });

  test("a variable of uv, but none that uv does not document or that is off", () => {
    const environment = {
      UV_TORCH_BACKEND: "cpu",
      UV_NO_SOURCES: "0",
      UV_VERSION: "1.2.3",
      UV_THREADPOOL_SIZE: "8",
      UV_LINK_MODE: "copy",
      UV_RESOLUTION: "lowest",
    };
    assert.deepEqual(uvVariableWarnings(environment), [
      "`UV_TORCH_BACKEND` is not honoured: name the index of PyTorch with `--index`",
    ]);
  });

  test("an option of pip that is not honoured", () => {
    const options = new Map([
      ["no-deps", "true"],
      ["require-hashes", "true"],
      ["ignore-requires-python", "no"],
    ]);
    assert.deepEqual(
      pipWarnings(options, (name) => `\`${name}\``),
      ["`no-deps` is not honoured: Posy installs what a package needs"],
    );
  });

  test("the keys of Poetry, PDM and Hatch in one sentence for each tool", () => {
    const project = { name: "app", "requires-python": ">=3.12" };
    const warnings = (tool: Record<string, unknown>) =>
      projectToolWarnings({ project, tool }, "/p/pyproject.toml");
    const [poetry, ...others] = warnings({
      poetry: { "package-mode": false, dependencies: { idna: { path: "./idna" } }, source: [], readme: "R" },
    });
    assert.match(
      poetry ?? "",
      /^`tool\.poetry\.package-mode`, `tool\.poetry\.dependencies` and `tool\.poetry\.source` in `\/p\/pyproject\.toml` are not honoured: /,
    );
    assert.deepEqual(others, []);
    assert.match(
      warnings({ pdm: { resolution: { overrides: {} } } })[0] ?? "",
      /^`tool\.pdm\.resolution` in/,
    );
    const hatch = { envs: { default: { scripts: {} }, docs: { dependencies: ["a"] } }, build: {} };
    assert.match(warnings({ hatch })[0] ?? "", /^`tool\.hatch\.envs\.docs\.dependencies` in/);
    assert.deepEqual(
      warnings({ poetry: { dependencies: { python: "^3.12" }, packages: [] }, black: {} }),
      [],
    );
  });
});
