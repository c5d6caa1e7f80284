/**
 * The arrows of docs/contributing/architecture.md: a room may import the rooms named after it, and nothing else of src/.
 */
const leaves = ["errors"];
const low = [...leaves, "report", "vocab", "system"];
const arrows = {
  errors: [],
  report: [],
  vocab: leaves,
  solver: leaves,
  system: [...leaves, "report", "vocab"],
  packages: low,
  pythons: [...low, "packages"],
  blueprint: [...low, "packages", "pythons"],
  resolve: [...low, "packages", "pythons", "blueprint", "solver"],
  forest: [...low, "packages", "pythons", "blueprint"],
  build: [...low, "packages", "pythons", "blueprint", "resolve", "forest"],
  project: [...low, "packages", "pythons", "blueprint", "resolve", "forest", "build"],
  cli: [...low, "packages", "pythons", "blueprint", "resolve", "forest", "build", "project"],
};

module.exports = {
  forbidden: [
    ...Object.entries(arrows).map(([room, allowed]) => ({
      name: `arrows-of-${room}`,
      severity: "error",
      comment: `src/${room} may import only: ${[room, ...allowed].join(", ")}`,
      from: { path: `^src/${room}/` },
      to: {
        path: "^src/",
        pathNot: [
          ...[room, ...allowed].map((name) => `^src/${name}/`),
          ...(room === "cli" ? ["^src/compose\\.ts$"] : []),
        ],
      },
    })),
    {
      name: "no-cycles",
      severity: "error",
      from: { path: "^src/" },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "pure-rooms-do-no-io",
      severity: "error",
      comment: "vocab and solver are pure",
      from: { path: "^src/(vocab|solver|errors|report)/" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "only-ui-prints-and-only-system-knows-bun",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/system/" },
      to: { path: "^bun(:|$)" },
    },
    {
      name: "no-utils",
      severity: "error",
      from: {},
      to: { path: "(^|/)(utils?|helpers?|common|misc)(/|\\.ts$)", pathNot: "node_modules" },
    },
    {
      name: "sources-do-not-import-tests",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(test|bench|examples|scripts)/" },
    },
    {
      name: "resolvable",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "^bun(:|$)" },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    builtInModules: { add: ["bun", "bun:ffi", "bun:test"] },
    enhancedResolveOptions: { extensions: [".ts", ".js", ".mjs", ".cjs", ".json"] },
  },
};
