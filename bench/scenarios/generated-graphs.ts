import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { putAway } from "../put-away.ts";
import type { Result } from "../result.ts";
import { cleanEnvironment, type Setting, startServer } from "../setting.ts";
import { memoryOf, resolveBoth } from "./hard-requirements.ts";

const sizes = [10, 100, 1000, 5000];

/** Measures resolving generated packages without conflicts, from filled caches, without remembered answers. */
export async function generatedGraphs(setting: Setting): Promise<Result[]> {
  const results: Result[] = [];
  for (const size of sizes) {
    const server = await startServer(["bench/generated-index.ts", String(size)]);
    try {
      const home = setting.posyHome(`generated-home-${size}`);
      const folder = setting.folder(`generated-${size}`);
      const clean = cleanEnvironment(folder);
      const file = join(folder, "p0.in");
      writeFileSync(file, "p0\n");
      const { timings, ratio } = resolveBoth(setting, {
        file,
        index: server.url,
        posyEnv: { ...clean, POSY_HOME: home },
        uvEnv: { ...clean, UV_CACHE_DIR: setting.folder(`generated-uv-${size}`) },
        forget: () => putAway(join(home, "cache", "briefs-v1")),
        rounds: 9,
      });
      if (timings !== undefined)
        results.push({
          what: `resolve ${size} generated packages, no Cache-Control`,
          timings,
          ratio,
          note: memoryOf(timings),
          target: 1,
        });
    } finally {
      await server.stop();
    }
  }
  return results;
}
