/**
 * Removes the publisher's build machine from the compiler settings of `sysconfig` and the Makefile, so that extension
 * modules are built with the tools that every system has. The publisher's compiler is in `/tools` (or is a cross
 * compiler), its libraries are in `/tools/deps`, its SDK is in Xcode's folder, and some flags only work with clang.
 */
export function withoutToolchain(path: string, bytes: Uint8Array): Uint8Array {
  if (!/\/(_sysconfigdata[^/]*\.py|config(-[^/]*)?\/Makefile)$/.test(path)) return bytes;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  const assigned = path.endsWith("/Makefile") ? makeVariable : pythonEntry;
  return Buffer.from(text.split("\n").map(assigned).join("\n"), "latin1");
}

const compilers = /^(CC|CXX|MAINCC|LINKCC|LDSHARED|LDCXXSHARED|BLDSHARED|CPP|PURIFY)$/;
const tools = /^(AR|RANLIB|NM|READELF|STRIP)$/;

/** Cleans a line of `_sysconfigdata`: `    "CC": "clang -pthread",` in either quotes, or the rest of a long value. */
function pythonEntry(line: string): string {
  const [, head, key = "", value = "", tail] =
    /^([ {]*(?:["'](\w+)["']: )?["'])(.*)(["'],?\}?)$/.exec(line) ?? [];
  return head === undefined ? line : head + cleaned(key, value) + tail;
}

/** Cleans a line of the Makefile: `CC=\t\tclang -pthread`. */
function makeVariable(line: string): string {
  const [, head, key = "", value = ""] = /^((\w+)[ \t]*=[ \t]*)(.*)$/.exec(line) ?? [];
  return head === undefined ? line : head + cleaned(key, value);
}

function cleaned(key: string, value: string): string {
  const left = value.replace(
    /(?:^| +)(?:-isysroot \S+|-[LI]\/tools\/deps\/\S*|--sysroot=\S+|-fdebug-default-version=\d+)(?=\s|$)/g,
    "",
  );
  const flags = left === value ? value : left.trimStart();
  if (tools.test(key)) return flags.replace(/^(?:\S*\/)?(?:llvm-|[a-z0-9_]+-linux-[a-z]+-)(?=\w)/, "");
  if (!compilers.test(key)) return flags;
  return flags
    .replace(/^(?:\S*\/)?(?:[a-z0-9_]+-(?:linux-)?[a-z0-9]+-|musl-)?(?:clang|g)\+\+(?=\s|$)/, "c++")
    .replace(/^(?:\S*\/)?(?:[a-z0-9_]+-(?:linux-)?[a-z0-9]+-|musl-)?(?:clang|gcc)(?=\s|$)/, "cc");
}
