/**
 * The script that an interpreter runs before it is packed. It prints JSON on the last line of its output. It works with
 * Python 2.7 and 3.x, CPython or PyPy, and is run with `-E -s -S`, since 2.7 has no `-I`.
 */
export const probeScript = `
import sys
if sys.path and sys.path[0] == "":
    del sys.path[0]
import json, os, platform, sysconfig
def full(info):
    version = "%d.%d.%d" % tuple(info[:3])
    return version if info[3] == "final" else version + info[3][0] + str(info[4])
variable = sysconfig.get_config_var
implementation = getattr(sys, "implementation", None)
prefix = os.path.realpath(getattr(sys, "base_prefix", sys.prefix))
python = platform.python_version().rstrip("+")
multiarch = getattr(implementation, "_multiarch", None) or variable("MULTIARCH") or ""
def scripts():
    try:
        import _tkinter
        return os.path.realpath(_tkinter.create(None, "posy", "Tk", False, 1, False).eval("info library"))
    except Exception:
        return ""
def real(path):
    return os.path.realpath(path) if path else ""
print("\\n" + json.dumps({
    "implementation": implementation.name if implementation else platform.python_implementation().lower(),
    "markers": {
        # Python 2 has no sys.implementation. Its tools use these values.
        "implementation_name": implementation.name if implementation else "",
        "implementation_version": full(implementation.version) if implementation else "0",
        "os_name": os.name,
        "platform_machine": platform.machine(),
        "platform_python_implementation": platform.python_implementation(),
        "platform_system": platform.system(),
        "python_full_version": python,
        "python_version": ".".join(platform.python_version_tuple()[:2]),
        "sys_platform": sys.platform if sys.version_info[0] > 2 else sys.platform.rstrip("23"),
    },
    "executable": real(getattr(sys, "_base_executable", None) or sys.executable),
    "prefix": prefix,
    "stdlib": real(os.path.dirname(os.__file__)),
    "include": real(os.path.dirname(sysconfig.get_config_h_filename() or "")),
    "libraries": [real(path) for path in (
        os.path.join(prefix, "lib"), os.path.join(prefix, "lib64"),
        os.path.join(prefix, "lib", multiarch) if multiarch else "", variable("LIBDIR"),
    ) if path],
    "wheels": real(variable("WHEEL_PKG_DIR")),
    "tcl": scripts(),
    "roots": sorted(set(path for path in map(variable, ["prefix", "exec_prefix", "abs_builddir", "abs_srcdir"]) if path)),
    "freeThreaded": bool(variable("Py_GIL_DISABLED")),
    "soabi": variable("SOABI") or "",
    "abiFlags": getattr(sys, "abiflags", None) or "",
    "wideUnicode": sys.maxunicode > 0xffff,
    "multiarch": multiarch,
}))
`;
