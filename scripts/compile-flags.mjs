/** The flags for every binary: dist/posy, and the programs that the benchmarks compare it with. */
export const compileFlags = [
  "--compile",
  "--minify",
  "--bytecode",
  "--format=esm",
  // Functions are compiled earlier than is best for a server: a warm resolve takes a third less time, unpacking and the
  // start the same (docs/contributing/performance.md).
  "--compile-jit-policy=20",
  // Without it the bundle is one module, and `node:` modules that only a dynamic `import()` needs are imported at the
  // start (docs/contributing/performance.md).
  "--splitting",
  // A compiled Bun binary reads `.env` and `bunfig.toml` of the current folder, and a `preload` there runs code.
  "--no-compile-autoload-dotenv",
  "--no-compile-autoload-bunfig",
];
