import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { exists, type Home, writeAtomic } from "../../system/fs/index.ts";
import { pipBatch, uvBatch } from "./guard-batches.ts";
import { pipScript, uvScript } from "./guard-scripts.ts";

/**
 * Writes the programs of the folder `guards`, if they are missing: `pip`, `pip3` and `uv`. A failure is ignored: they
 * only explain.
 */
export async function writePipGuard({ guards }: Pick<Home, "guards">): Promise<void> {
  const programs =
    process.platform === "win32"
      ? { "pip.cmd": pipBatch, "pip3.cmd": pipBatch, "uv.cmd": uvBatch }
      : { pip: pipScript, pip3: pipScript, uv: uvScript };
  for (const [name, text] of Object.entries(programs)) {
    const path = join(guards, name);
    if (await exists(path).catch(() => true)) continue;
    await writeAtomic(path, text)
      .then(() => chmod(path, 0o755))
      .catch(() => {});
  }
}
