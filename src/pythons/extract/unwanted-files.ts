const anywhere =
  /(^|\/)(test|tests|idle_test|__pycache__)\/|\.py[co]$|\.[ao]$|(^|\/)(_test[a-z]|_ctypes_test|_xxtestfuzz|xxlimited|xxsubtype)[^/]*\.(so|pyd)$/;
const atTheTop = /^(site-packages|idlelib|turtledemo)\/|^(EXTERNALLY-MANAGED|_sysconfig_vars_[^/]*\.json)$/;

/**
 * Whether a pybi leaves out this file of the standard library: tests, bytecode, IDLE, installed packages, static
 * libraries.
 */
export function isUnwanted(path: string): boolean {
  if (path.startsWith("config-") && !path.endsWith("/Makefile")) return true;
  return anywhere.test(path) || atTheTop.test(path);
}
