import { optionalModules } from "../index.ts";

/**
 * The script that an interpreter runs once, with `-I -S -c`. It prints JSON on the last line of its output, and works
 * with Python 3.4 and newer, CPython or not.
 */
export const queryScript = `
import json, os, platform, struct, sys, sysconfig
from importlib.machinery import PathFinder
def full(info):
    version = "%d.%d.%d" % tuple(info[:3])
    return version if info[3] == "final" else version + info[3][0] + str(info[4])
scheme = "venv" if "venv" in sysconfig.get_scheme_names() else "nt" if os.name == "nt" else "posix_prefix"
base = dict.fromkeys(["base", "platbase", "installed_base", "installed_platbase"], "@")
paths = sysconfig.get_paths(scheme, vars=base)
wanted = ${JSON.stringify(optionalModules.map(({ name }) => name))}
def there(name):
    return name in sys.builtin_module_names or PathFinder.find_spec(name) is not None
libc = ""
try:
    libc = os.confstr("CS_GNU_LIBC_VERSION") or ""
except (AttributeError, ValueError, OSError):
    pass
print("\\n" + json.dumps({
    "implementation": sys.implementation.name,
    "markers": {
        "implementation_name": sys.implementation.name,
        "implementation_version": full(sys.implementation.version),
        "os_name": os.name,
        "platform_machine": platform.machine(),
        "platform_python_implementation": platform.python_implementation(),
        "platform_system": platform.system(),
        "python_full_version": platform.python_version(),
        "python_version": ".".join(platform.python_version_tuple()[:2]),
        "sys_platform": sys.platform,
    },
    "executable": getattr(sys, "_base_executable", None) or sys.executable,
    "prefix": sys.base_prefix,
    "freeThreaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
    "soabi": sysconfig.get_config_var("SOABI") or "",
    "bits": struct.calcsize("P") * 8,
    "glibc": libc.startswith("glibc"),
    "paths": {name: path.replace(os.sep, "/").replace("@/", "", 1) if path != "@" else "." for name, path in paths.items()},
    "lacks": [name for name in wanted if not there(name)],
}))
`;
