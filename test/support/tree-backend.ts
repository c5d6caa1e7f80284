import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

type HookName =
  | "get_requires_for_build_wheel"
  | "get_requires_for_build_editable"
  | "get_requires_for_build_sdist"
  | "prepare_metadata_for_build_wheel"
  | "build_wheel"
  | "build_editable"
  | "build_sdist";

/** The package of a source tree, and how its build backend behaves. By default the backend is correct. */
export interface TreeOptions {
  readonly name: string;
  /** Default `1.0`. */
  readonly version?: string;
  /** Modules of the wheel, by path. `NAME/built.json` is always there: see `Built`. */
  readonly files?: Readonly<Record<string, string>>;
  /** `Requires-Dist` of the metadata. */
  readonly dependencies?: readonly string[];
  readonly requiresPython?: string;
  /** `Provides-Extra` of the metadata. */
  readonly extras?: readonly string[];
  /** Tags of the wheel. Default `py3-none-any`. */
  readonly tags?: string;
  /** `requires` of `[build-system]`. */
  readonly requires?: readonly string[];
  /** The requirements that `get_requires_for_build_*` returns. */
  readonly asks?: readonly string[];
  /** Hooks that the backend does not have. */
  readonly without?: readonly HookName[];
  /** Hooks that raise, with this message. */
  readonly raises?: Partial<Record<HookName, string>>;
  /** Hooks that raise `UnsupportedOperation` with this message. */
  readonly unsupported?: Partial<Record<HookName, string>>;
  /** Hooks whose process ends at once with this status, or by the signal of a negative number. */
  readonly exits?: Partial<Record<HookName, number>>;
  /** Hooks that call `sys.exit` with this value. */
  readonly leaves?: Partial<Record<HookName, string | number>>;
  /** Hooks that wait this many seconds, in a child process. */
  readonly slow?: Partial<Record<HookName, number>>;
  /** Hooks that print this. */
  readonly says?: Partial<Record<HookName, string>>;
  /** Hooks that return this value instead of the correct one. */
  readonly answers?: Partial<Record<HookName, unknown>>;
  /** Makes every hook leave files in the tree and in the output folder. */
  readonly junk?: boolean;
  /** Python that runs when the backend is imported. */
  readonly onImport?: string;
  /** A module that the hook imports when it builds a wheel. */
  readonly imports?: string;
  /** Lines of `pyproject.toml` after `[build-system]`. */
  readonly pyproject?: string;
}

/** The content of `NAME/built.json` in the wheel: what the backend got when it built it. */
export interface Built {
  readonly hook: string;
  readonly settings: Readonly<Record<string, string | readonly string[]>> | null;
  readonly metadata: string | null;
  readonly cwd: string;
  readonly path: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly python: string;
}

/**
 * Returns the files of a source tree, by path. Its build backend is in the tree (PEP 517 `backend-path`) and needs only
 * the standard library. A source distribution needs a `PKG-INFO` and a root folder in addition.
 */
export function treeFiles(options: TreeOptions): Record<string, string> {
  const { requires = [], pyproject = "" } = options;
  return {
    "pyproject.toml": [
      "[build-system]",
      `requires = ${JSON.stringify(requires)}`,
      'build-backend = "tree_backend"',
      'backend-path = ["_backend"]',
      pyproject,
      "",
    ].join("\n"),
    "_backend/tree_backend.py": backend,
    "tree-backend.json": JSON.stringify(options),
  };
}

/** Writes the tree into `folder`, which it makes, and returns the folder. */
export async function writeTree(folder: string, options: TreeOptions): Promise<string> {
  for (const [path, text] of Object.entries(treeFiles(options))) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

const backend = String.raw`
import base64, hashlib, io, json, os, subprocess, sys, tarfile, time, zipfile

with open(os.path.join(os.path.dirname(__file__), "..", "tree-backend.json")) as file:
    OPTIONS = json.load(file)
NAME = OPTIONS["name"]
VERSION = OPTIONS.get("version", "1.0")
MODULE = NAME.lower().replace("-", "_").replace(".", "_")
TAGS = OPTIONS.get("tags", "py3-none-any")
DIST_INFO = MODULE + "-" + VERSION + ".dist-info"

exec(OPTIONS.get("onImport", ""))


class UnsupportedOperation(Exception):
    pass


def option_for(name, hook):
    return OPTIONS.get(name, {}).get(hook)


def begin(hook, output=None):
    message = option_for("says", hook)
    if message:
        print(message)
        sys.stdout.flush()
    if OPTIONS.get("junk"):
        for folder in (os.getcwd(), output):
            if folder:
                with open(os.path.join(folder, "junk-of-" + hook), "w") as file:
                    file.write("junk")
    if option_for("slow", hook):
        subprocess.check_call([sys.executable, "-c", "import time; time.sleep(%r)" % option_for("slow", hook)])
    status = option_for("exits", hook)
    if status is not None:
        if status < 0:
            os.kill(os.getpid(), -status)
            time.sleep(10)
        os._exit(status)
    if option_for("leaves", hook) is not None:
        sys.exit(option_for("leaves", hook))
    if option_for("unsupported", hook):
        raise UnsupportedOperation(option_for("unsupported", hook))
    if option_for("raises", hook):
        raise RuntimeError(option_for("raises", hook))


def end(hook, answer):
    answers = OPTIONS.get("answers", {})
    return answers[hook] if hook in answers else answer


def metadata():
    lines = ["Metadata-Version: 2.1", "Name: " + NAME, "Version: " + VERSION]
    if "requiresPython" in OPTIONS:
        lines.append("Requires-Python: " + OPTIONS["requiresPython"])
    lines += ["Requires-Dist: " + it for it in OPTIONS.get("dependencies", [])]
    lines += ["Provides-Extra: " + it for it in OPTIONS.get("extras", [])]
    return "\n".join(lines) + "\n\n"


def wheel_text():
    python, abi, platform = TAGS.split("-")
    tags = ["Tag: %s-%s-%s" % (p, a, q) for p in python.split(".") for a in abi.split(".") for q in platform.split(".")]
    pure = "true" if platform == "any" else "false"
    return "\n".join(["Wheel-Version: 1.0", "Generator: tree-backend", "Root-Is-Purelib: " + pure] + tags) + "\n"


def wheel(hook, output, settings, prepared, extra):
    begin(hook, output)
    if OPTIONS.get("imports"):
        __import__(OPTIONS["imports"])
    built = {
        "hook": hook,
        "settings": settings,
        "metadata": prepared,
        "cwd": os.getcwd(),
        "path": sys.path,
        "environment": dict(os.environ),
        "python": sys.executable,
    }
    members = dict(OPTIONS.get("files", {}))
    members[MODULE + "/built.json"] = json.dumps(built)
    members.update(extra)
    members[DIST_INFO + "/METADATA"] = metadata()
    members[DIST_INFO + "/WHEEL"] = wheel_text()
    rows = []
    for path, text in members.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
        rows.append("%s,sha256=%s,%d" % (path, digest, len(text.encode())))
    rows.append(DIST_INFO + "/RECORD,,")
    members[DIST_INFO + "/RECORD"] = "\n".join(rows) + "\n"
    filename = MODULE + "-" + VERSION + "-" + TAGS + ".whl"
    with zipfile.ZipFile(os.path.join(output, filename), "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in members.items():
            archive.writestr(zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0)), text)
    return end(hook, filename)


def get_requires_for_build_wheel(config_settings=None):
    begin("get_requires_for_build_wheel")
    return end("get_requires_for_build_wheel", OPTIONS.get("asks", []))


def get_requires_for_build_editable(config_settings=None):
    begin("get_requires_for_build_editable")
    return end("get_requires_for_build_editable", OPTIONS.get("asks", []))


def get_requires_for_build_sdist(config_settings=None):
    begin("get_requires_for_build_sdist")
    return end("get_requires_for_build_sdist", OPTIONS.get("asks", []))


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    begin("prepare_metadata_for_build_wheel", metadata_directory)
    folder = os.path.join(metadata_directory, DIST_INFO)
    os.mkdir(folder)
    with open(os.path.join(folder, "METADATA"), "w") as file:
        file.write(metadata())
    return end("prepare_metadata_for_build_wheel", DIST_INFO)


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    return wheel("build_wheel", wheel_directory, config_settings, metadata_directory, {})


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    pth = {MODULE + ".pth": os.getcwd() + "\n"}
    return wheel("build_editable", wheel_directory, config_settings, metadata_directory, pth)


def build_sdist(sdist_directory, config_settings=None):
    begin("build_sdist", sdist_directory)
    root = MODULE + "-" + VERSION
    members = {"PKG-INFO": metadata()}
    for path in ("pyproject.toml", "tree-backend.json", "_backend/tree_backend.py"):
        with open(path) as file:
            members[path] = file.read()
    with tarfile.open(os.path.join(sdist_directory, root + ".tar.gz"), "w:gz", format=tarfile.PAX_FORMAT) as archive:
        for path, text in members.items():
            info = tarfile.TarInfo(root + "/" + path)
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
    return end("build_sdist", root + ".tar.gz")


for name in OPTIONS.get("without", []):
    del globals()[name]
`;
