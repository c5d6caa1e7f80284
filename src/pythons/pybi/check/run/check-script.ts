/**
 * The script that a pybi runs. It works with Python 2.7 and newer, and prints JSON on the last line. Its arguments are
 * the previous folder of the tree, which no value may contain, and the present one. In the second run, they are
 * followed by a URL and the file with the certificate of its server.
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
    hashed = [name for name in (os.listdir(paths.capath) if paths.capath else []) if name[-2:] == ".0"]
    answer["certificates"] = bool(paths.cafile and os.path.getsize(paths.cafile) or hashed)
    answer["looked"] = [paths.openssl_cafile, paths.openssl_capath]
except ImportError:
    ssl = None
def fetch(url):
    try:
        from urllib.request import HTTPSHandler, ProxyHandler, build_opener
    except ImportError:
        from urllib2 import HTTPSHandler, ProxyHandler, build_opener
    try:
        handler = HTTPSHandler(context=ssl.create_default_context())
        return build_opener(ProxyHandler({}), handler).open(url, timeout=20).read().decode()
    except Exception as error:
        return "%s: %s" % (type(error).__name__, error)
if ssl and len(sys.argv) > 4:
    answer["https"] = {"unknown": fetch(sys.argv[3])}
    os.environ["SSL_CERT_FILE"] = sys.argv[4]
    answer["https"]["trusted"] = fetch(sys.argv[3])
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
