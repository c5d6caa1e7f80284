/**
 * What a pybi is asked when it runs; any Python from 2.7 on reads it. Its argument is where the tree lay before: no
 * value that it sees may have it. Prints JSON on the last line.
 */
export const checkScript = String.raw`
import json, os, sys, sysconfig
before = sys.argv[1]
answer = {"imports": {}, "before": [], "version": "%d.%d.%d" % sys.version_info[:3]}
stdlib = os.path.dirname(os.__file__)
folders = [os.path.join(stdlib, "lib-dynload"), os.path.join(sys.prefix, "DLLs"), stdlib]
names = set()
for folder in folders:
    if os.path.isdir(folder):
        for name in os.listdir(folder):
            if name.endswith((".so", ".pyd")):
                names.add(name.split(".")[0])
for name in sorted(names):
    if name.startswith(("_test", "xx", "_xx", "_ctypes_test")):
        continue
    try:
        __import__(name)
    except BaseException as error:
        answer["imports"][name] = "%s: %s" % (type(error).__name__, error)
seen = dict(("sysconfig %s" % k, v) for k, v in sysconfig.get_config_vars().items())
seen.update(("path %s" % k, v) for k, v in sysconfig.get_paths().items())
seen.update(("sys.path %d" % i, v) for i, v in enumerate(sys.path))
for key, value in sorted(seen.items()):
    if before in str(value):
        answer["before"].append(key)
try:
    import ssl
    paths = ssl.get_default_verify_paths()
    answer["certificates"] = bool(paths.cafile or paths.capath)
    answer["looked"] = [paths.openssl_cafile, paths.openssl_capath]
except ImportError:
    pass
try:
    import platform
    impl = sys.implementation
    answer["markers"] = {
        "implementation_name": impl.name,
        "os_name": os.name,
        "platform_machine": platform.machine(),
        "platform_python_implementation": platform.python_implementation(),
        "platform_system": platform.system(),
        "python_full_version": platform.python_version(),
        "python_version": ".".join(platform.python_version_tuple()[:2]),
        "sys_platform": sys.platform,
    }
except AttributeError:
    answer["markers"] = {}
root = os.path.realpath(sys.argv[2])
scheme = {}
for key, value in sysconfig.get_paths().items():
    scheme[key] = os.path.relpath(os.path.realpath(value), root).replace(os.sep, "/")
answer["paths"] = scheme
print("")
print(json.dumps(answer))
`;
