/** How every binary of ours is compiled: dist/posy, and what the benchmarks compare it with. */
export const compileFlags = [
  "--compile",
  "--minify",
  "--bytecode",
  "--format=esm",
  // Functions are compiled sooner than a server would want it: a warm resolve takes a third less time, unpacking and the
  // start the same (docs/contributing/performance.md).
  "--compile-jit-policy=20",
  // Without it everything is one module, and what only a dynamic `import()` needs of `node:` is imported at the
  // start after all (docs/contributing/performance.md).
  "--splitting",
  // A compiled Bun binary reads `.env` and `bunfig.toml` of the current folder, and a `preload` there runs code.
  "--no-compile-autoload-dotenv",
  "--no-compile-autoload-bunfig",
];
