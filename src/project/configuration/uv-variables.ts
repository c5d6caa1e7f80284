import { all, type Handling, honoured, irrelevant, warningsFor } from "./handling.ts";

const whichPython = "ask for it with `--python` or `POSY_PYTHON`";
const whichGroups = "name the groups in `[tool.posy.envs]`, or with `--group`";
const wholeEnvironment = "Posy installs the whole environment";

/**
 * Every variable that uv documents (its environment reference, made of `crates/uv-static/src/env_vars.rs`), and how
 * Posy handles it.
 */
export const uvVariables: ReadonlyMap<string, Handling> = new Map([
  // Where packages come from.
  ...all(
    honoured,
    `UV_OFFLINE UV_DEFAULT_INDEX UV_INDEX UV_INDEX_URL UV_EXTRA_INDEX_URL UV_FIND_LINKS UV_INDEX_STRATEGY
    UV_KEYRING_PROVIDER UV_EXCLUDE_NEWER UV_INSECURE_HOST UV_HTTP_TIMEOUT UV_REQUEST_TIMEOUT UV_HTTP_RETRIES
    UV_CONCURRENT_DOWNLOADS UV_CONFIG_FILE UV_NO_CONFIG`,
  ),
  // Which versions are taken, and how they are built.
  ...all(
    honoured,
    `UV_RESOLUTION UV_PRERELEASE UV_REQUIRE_HASHES UV_CONSTRAINT UV_BUILD_CONSTRAINT UV_OVERRIDE
    UV_NO_BUILD_ISOLATION UV_NO_BINARY UV_NO_BINARY_PACKAGE UV_NO_BUILD UV_NO_BUILD_PACKAGE UV_PYTHON
    UV_PYTHON_INSTALL_MIRROR`,
  ),
  // Where and how `posy publish` uploads.
  ...all(
    honoured,
    `UV_PUBLISH_URL UV_PUBLISH_TOKEN UV_PUBLISH_INDEX UV_PUBLISH_USERNAME UV_PUBLISH_PASSWORD UV_PUBLISH_CHECK_URL
    UV_PUBLISH_NO_ATTESTATIONS UV_UPLOAD_HTTP_TIMEOUT`,
  ),
  // How uv works and looks; the folders that it uses; variables that uv sets itself.
  ...all(
    irrelevant,
    `UV UV_CACHE_DIR UV_CREDENTIALS_DIR UV_NO_CACHE UV_SYSTEM_PYTHON UV_BREAK_SYSTEM_PACKAGES UV_LINK_MODE
    UV_CUSTOM_COMPILE_COMMAND UV_COMPILE_BYTECODE UV_COMPILE_BYTECODE_TIMEOUT UV_NO_SYNC
    UV_PREVIEW UV_PREVIEW_FEATURES UV_GITHUB_TOKEN UV_CONCURRENT_BUILDS UV_CONCURRENT_INSTALLS
    UV_CONCURRENT_CACHE_READS UV_NO_PROGRESS UV_TOOL_DIR UV_TOOL_BIN_DIR UV_INIT_BARE UV_INIT_BUILD_BACKEND
    UV_PROJECT_ENVIRONMENT UV_PYTHON_BIN_DIR UV_PYTHON_INSTALL_DIR UV_PYTHON_INSTALL_BIN UV_PYTHON_INSTALL_REGISTRY
    UV_PYTHON_NO_REGISTRY UV_PYTHON_CACHE_DIR UV_VENV_CLEAR UV_VENV_RELOCATABLE UV_VENV_SEED UV_SHOW_RESOLUTION
    UV_UPDATE_SCHEMA UV_NO_WRAP UV_COMMIT_HASH UV_COMMIT_SHORT_HASH UV_COMMIT_DATE UV_LAST_TAG UV_LAST_TAG_DISTANCE
    UV_INTERNAL__PARENT_INTERPRETER UV_INTERNAL__BUILD_DIR UV_INTERNAL__SHOW_DERIVATION_TREE UV_INTERNAL__TEST_DIR
    UV_INTERNAL__TEST_COW_FS UV_INTERNAL__TEST_NOCOW_FS UV_INTERNAL__TEST_ALT_FS UV_INTERNAL__TEST_SMB_FS
    UV_INTERNAL__TEST_LOWLINKS_FS UV_INTERNAL__TEST_PYTHON_MANAGED UV_INTERNAL__TEST_LFS_DISABLED
    UV_HTTP_CONNECT_TIMEOUT UV_LOG_CONTEXT UV_STACK_SIZE UV_TEST_NO_HTTP_RETRY_DELAY
    UV_GITHUB_FAST_PATH_URL UV_TEST_NO_CLI_PROGRESS UV_TEST_CURRENT_TIMESTAMP UV_TEST_AVAILABLE_VERSION_CUTOFF
    UV_ENV_FILE UV_NO_ENV_FILE UV_INSTALLER_GITHUB_BASE_URL UV_INSTALLER_GHE_BASE_URL UV_INSTALL_DIR
    UV_UNMANAGED_INSTALL UV_DOWNLOAD_URL UV_NO_MODIFY_PATH UV_NO_INSTALLER_METADATA UV_RUN_RLIMIT_NOFILE
    UV_RUN_RECURSION_DEPTH UV_RUN_MAX_RECURSION_DEPTH UV_CUDA_DRIVER_VERSION UV_AMD_GPU_ARCHITECTURE
    UV_WORKING_DIR UV_WORKING_DIRECTORY UV_NO_GITHUB_FAST_PATH UV_NO_HF_TOKEN UV_S3_ENDPOINT_URL
    UV_GCS_ENDPOINT_URL UV_AZURE_ENDPOINT_URL UV_API_KEY UV_AUTH_TOKEN UV_HIDE_BUILD_OUTPUT UV_LOCK_TIMEOUT
    UV_INSECURE_NO_ZIP_VALIDATION UV_SKIP_WHEEL_FILENAME_CHECK UV_NO_VERIFY_HASHES UV_DEV UV_NO_SYSTEM_CONFIG`,
  ),
  ["UV_EXCLUDE", "name the packages in `exclude-dependencies` of `[tool.uv]` or `uv.toml`"],
  ["UV_FORK_STRATEGY", "Posy takes the same version on all platforms and Pythons wherever it can"],
  ["UV_TORCH_BACKEND", "name the index of PyTorch with `--index`"],
  ["UV_NO_SOURCES", "take the sources out of the file"],
  ["UV_NO_SOURCES_PACKAGE", "take the sources out of the file"],
  ["UV_GIT_LFS", "Posy fetches no files of Git LFS"],
  ["UV_LIBC", "Posy goes by the C library of this machine"],
  ["UV_MALWARE_CHECK", "check the lock with another tool"],
  ["UV_MALWARE_CHECK_URL", "check the lock with another tool"],
  ["UV_LOCKED", "`--locked` fails if the lock is not up to date"],
  ["UV_FROZEN", "`--frozen` takes the lock as it is"],
  ["UV_ISOLATED", "`--no-project` and `UV_NO_CONFIG=1` leave projects and files out"],
  ["UV_NO_PROJECT", "`--no-project` leaves the project out"],
  ["UV_PROJECT", "change to the project's folder"],
  ["UV_NO_EDITABLE", "a project is editable in its own environment"],
  ...all(whichGroups, "UV_NO_DEV UV_NO_GROUP UV_NO_DEFAULT_GROUPS"),
  ...all(
    wholeEnvironment,
    `UV_NO_INSTALL_PROJECT UV_NO_INSTALL_WORKSPACE UV_NO_INSTALL_LOCAL UV_ONLY_INSTALL_PROJECT
    UV_ONLY_INSTALL_WORKSPACE UV_ONLY_INSTALL_LOCAL`,
  ),
  ...all(
    whichPython,
    `UV_PYTHON_PREFERENCE UV_MANAGED_PYTHON UV_NO_MANAGED_PYTHON UV_PYTHON_DOWNLOADS UV_PYTHON_CPYTHON_BUILD
    UV_PYTHON_PYPY_BUILD UV_PYTHON_GRAALPY_BUILD UV_PYTHON_PYODIDE_BUILD UV_PYTHON_SEARCH_PATH`,
  ),
  ...all(
    "`POSY_PYTHON_INDEX` names more indexes of Pythons",
    "UV_PYTHON_DOWNLOADS_JSON_URL UV_PYPY_INSTALL_MIRROR",
  ),
  ...all("name the certificates with `POSY_CERT` or `SSL_CERT_FILE`", "UV_NATIVE_TLS UV_SYSTEM_CERTS"),
]);

/**
 * Returns a warning for each variable of uv that affects what is installed and is not honoured. Variables that uv
 * does not document are passed over: people define some (`UV_VERSION`), and so does libuv (`UV_THREADPOOL_SIZE`).
 */
export function uvVariableWarnings(environment: NodeJS.ProcessEnv): readonly string[] {
  const set = Object.keys(environment).filter((name) => isSet(environment[name]));
  return warningsFor(set.sort(), uvVariables, { named: (name) => `\`${name}\`` });
}

/** Whether a variable is set, and not to a value that means "off". */
export function isSet(value: string | undefined): boolean {
  return value !== undefined && !/^(|0|false|no|off|n|f)$/i.test(value);
}
