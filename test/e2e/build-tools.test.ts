import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { assertPrinted, newSandbox, type Sandbox } from "../support/posy.ts";
import { treeFiles, type TreeOptions } from "../support/tree-backend.ts";

function write(sandbox: Sandbox, folder: string, tree: TreeOptions): void {
  for (const [path, text] of Object.entries(treeFiles(tree))) {
    const file = join(sandbox.cwd, folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** Writes a build tool, and a project whose build copies the tool's number into the version of its wheel. */
function writeTool(sandbox: Sandbox, number: number): void {
  write(sandbox, "tool", { name: "tool", files: { "tool.py": `number = ${number}\n` } });
}

function writeLib(sandbox: Sandbox, asked: "declared" | "asked for"): void {
  const tool = `tool @ ${pathToFileURL(join(sandbox.cwd, "tool")).href}`;
  const onImport = [
    "try:",
    "    import tool",
    "    VERSION = '1.%d' % tool.number",
    "except ImportError:",
    "    VERSION = '0'",
    "DIST_INFO = MODULE + '-' + VERSION + '.dist-info'",
  ].join("\n");
  write(sandbox, "lib", {
    name: "lib",
    onImport,
    ...(asked === "declared" ? { requires: [tool] } : { asks: [tool] }),
  });
}

const versionOf = "import importlib.metadata as m; print(m.version('lib'))";

describe("a project is built again after a change of a build tool in a local folder", () => {
  for (const asked of ["declared", "asked for"] as const) {
    for (const option of ["--with", "-e"]) {
      test(`that is ${asked}, with \`${option}\``, async () => {
        using sandbox = await newSandbox();
        writeTool(sandbox, 1);
        writeLib(sandbox, asked);
        const run = ["run", option, "./lib", "--no-index", "--", "python", "-c", versionOf];
        assertPrinted(await sandbox.posy(run), "1.1\n");
        assertPrinted(await sandbox.posy(run), "1.1\n");
        writeTool(sandbox, 2);
        assertPrinted(await sandbox.posy(run), "1.2\n");
      });
    }
  }
});
