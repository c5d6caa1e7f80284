/**
 * Which folder of src/ may import which others (docs/contributing/architecture.md). A folder imports only the
 * `index.ts` of another folder.
 */
const low = ["errors", "report", "text", "async", "toml", "vocab", "system"];
const allowedImports = {
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
  remote: [...low, "model", "packages"],
  resolve: [...low, "model", "packages", "pythons", "solver"],
  forest: [...low, "model", "packages", "pythons", "remote"],
  builder: [...low, "model", "packages", "pythons", "resolve", "forest", "remote"],
  application: [...low, "model", "packages", "pythons", "forest"],
  lockfile: [...low, "model", "packages", "pythons", "resolve", "builder"],
  project: [...low, "model", "packages", "pythons"],
  settings: [...low, "model", "packages", "pythons", "project", "posy.ts"],
  operations: [
    ...low,
    ...["model", "packages", "pythons", "resolve", "forest", "builder", "remote", "application"],
    ...["lockfile", "project", "settings", "posy.ts", "version.ts"],
  ],
  cli: [
    ...low,
    ...["model", "packages", "pythons", "resolve", "forest", "builder", "application"],
    ...["lockfile", "project", "settings", "operations", "posy.ts", "version.ts"],
  ],
};

/** Folders that are imported through their `index.ts` only. A subfolder in this list has an `index.ts` of its own. */
const faced = [
  ...["text", "async", "toml", "model", "solver", "packages", "resolve", "forest", "builder"],
  ...["lockfile", "project", "settings", "pythons", "remote", "application"],
  ...["version", "requirement", "metadata", "filenames", "tags", "urls"].map((name) => `vocab/${name}`),
  ...["fs", "process", "machine", "http", "archives", "binaries", "oci"].map((name) => `system/${name}`),
  ...["compatibility", "catalogue", "standalone", "system", "extract", "discover"].map(
    (name) => `pythons/${name}`,
  ),
  "packages/upload",
  ...["", "/pack", "/convert", "/check", "/index-folder"].map((name) => `pythons/pybi${name}`),
  ...["plan", "folder", "archive", "slim", "tree"].map((name) => `application/${name}`),
  ...["damage", "wheels", "envs", "interpreters", "launchers", "roots"].map((name) => `forest/${name}`),
];

/**
 * Files that may import any file of another folder. A warm start and a completion must load as little as possible, so their files import
 * single files. `posy.ts` connects the folders. `src/index.ts` is the public API.
 */
const exempt = [
  "^src/(index|posy)\\.ts$",
  "^src/cli/(main|(warm-start|completion)/[\\w-]+|args/split-arguments|ui/console/write|ui/render-lock-changes)\\.ts$",
  "^src/operations/tools/tool-folders\\.ts$",
  "^src/operations/run/(start-command|find-command|script/script-of-command)\\.ts$",
  "^src/project/python-version-file/version-file-paths\\.ts$",
  "^src/packages/configuration/(pip|uv)-files\\.ts$",
  "^src/forest/envs/(env-vars|programs|seal)\\.ts$",
  "^src/system/(fs|process|machine)/",
];

const escaped = (path) => path.replaceAll(".", "\\.");
/**
 * Returns a pattern for the files of a folder, without those of its subfolders that have an `index.ts` of their own.
 */
const filesOf = (folder) => {
  const inner = faced
    .filter((other) => other.startsWith(`${folder}/`))
    .map((other) => `${other.slice(folder.length + 1)}/`);
  return inner.length === 0 ? `^src/${folder}/` : `^src/${folder}/(?!${inner.join("|")})`;
};

module.exports = {
  forbidden: [
    ...Object.entries(allowedImports).map(([folder, allowed]) => ({
      name: `imports-of-${folder}`,
      severity: "error",
      comment: `src/${folder} may import only: ${[folder, ...allowed].join(", ")}`,
      from: { path: `^src/${folder}/` },
      to: {
        path: "^src/",
        pathNot: [folder, ...allowed].map((name) => `^src/${escaped(name)}(/|$)`),
      },
    })),
    ...faced.map((folder) => ({
      name: `face-of-${folder}`,
      severity: "error",
      comment: `other folders import src/${folder} through its index.ts; a dynamic import may name a file, so that only that file is loaded`,
      from: { path: "^src/", pathNot: [filesOf(folder), ...exempt] },
      to: { path: filesOf(folder), pathNot: `^src/${folder}/index\\.ts$`, dynamic: false },
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
