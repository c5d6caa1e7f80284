/**
 * The arrows of docs/contributing/architecture.md. A folder may import the folders named after it and nothing else of src/, and
 * from another folder only its face, `index.ts`.
 */
const low = ["errors", "report", "text", "async", "toml", "vocab", "system"];
const arrows = {
  errors: [],
  report: ["errors"],
  text: ["errors"],
  async: [],
  toml: ["errors", "text"],
  vocab: ["errors", "text", "toml"],
  system: ["errors", "report", "async", "text", "vocab"],
  solver: [],
  model: ["errors", "text", "vocab"],
  packages: [...low, "model"],
  pythons: [...low, "model", "packages"],
  resolve: [...low, "model", "packages", "pythons", "solver"],
  forest: [...low, "model", "packages", "pythons"],
  builder: [...low, "model", "packages", "pythons", "resolve", "forest"],
  lockfile: [...low, "model", "packages", "pythons", "resolve", "builder"],
  project: [...low, "model", "packages", "pythons"],
  settings: [...low, "model", "packages", "pythons", "project", "posy.ts"],
  operations: [
    ...low,
    ...["model", "packages", "pythons", "resolve", "forest", "builder"],
    ...["lockfile", "project", "settings", "posy.ts", "version.ts"],
  ],
  cli: [
    ...low,
    ...["model", "packages", "pythons", "resolve", "forest", "builder"],
    ...["lockfile", "project", "settings", "operations", "posy.ts", "version.ts"],
  ],
};

/** Folders with a face. A folder inside another one is a room of its own. */
const rooms = [
  ...["text", "async", "toml", "model", "solver", "packages", "resolve", "forest", "builder"],
  ...["lockfile", "project", "settings", "pythons"],
  ...["version", "requirement", "metadata", "filenames", "tags", "urls"].map((name) => `vocab/${name}`),
  ...["fs", "process", "machine", "http", "archives", "binaries"].map((name) => `system/${name}`),
  ...["compatibility", "catalogue", "standalone", "system", "extract", "discover"].map(
    (name) => `pythons/${name}`,
  ),
  ...["", "/pack", "/convert", "/check", "/index-folder"].map((name) => `pythons/pybi${name}`),
  ...["wheels", "envs", "interpreters"].map((name) => `forest/${name}`),
];

/**
 * Files that may reach into other folders. A warm start must load as little as possible, so its files name the files that they
 * need; posy.ts puts the rooms together; src/index.ts is the face of all.
 */
const exempt = [
  "^src/(index|posy)\\.ts$",
  "^src/cli/(main|warm-start/[\\w-]+|args/split-arguments|ui/write|ui/render-lock-changes)\\.ts$",
  "^src/operations/run/(start-command|find-command)\\.ts$",
  "^src/project/python-version-file/version-file-paths\\.ts$",
  "^src/packages/configuration/(pip|uv)-files\\.ts$",
  "^src/forest/envs/env-vars\\.ts$",
  "^src/system/(fs|process|machine)/",
];

const escaped = (path) => path.replaceAll(".", "\\.");
const inner = (room) =>
  rooms.filter((other) => other.startsWith(`${room}/`)).map((other) => `^src/${other}/`);
/** The files of a room itself, without those of rooms inside it. */
const own = (room) => {
  const within = inner(room).map((path) => path.slice(`^src/${room}/`.length));
  return within.length === 0 ? `^src/${room}/` : `^src/${room}/(?!${within.join("|")})`;
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
        pathNot: [room, ...allowed].map((name) => `^src/${escaped(name)}(/|$)`),
      },
    })),
    ...rooms.map((room) => ({
      name: `face-of-${room}`,
      severity: "error",
      comment: `other folders import src/${room} through its index.ts; a dynamic import may name a file, so that only that is loaded`,
      from: { path: "^src/", pathNot: [own(room), ...exempt] },
      to: { path: own(room), pathNot: `^src/${room}/index\\.ts$`, dynamic: false },
    })),
    {
      name: "no-cycles",
      severity: "error",
      from: { path: "^src/" },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "pure-folders-do-no-io",
      severity: "error",
      comment: "text, vocab, toml, solver, model, errors and report import nothing of the runtime",
      from: { path: "^src/(text|async|vocab|toml|solver|model|errors|report)/" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "only-system-knows-bun",
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
