import { readdirSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Env } from "../../src/forest/envs/env.ts";
import { openForest } from "../../src/forest/open-forest.ts";
import { silentReporter } from "../../src/report/reporter.ts";
import { sha256Of } from "../../src/system/fs/sha256.ts";
import { homeAt } from "../../src/system/fs/home.ts";
import { fakeDB, fakePython, targetOf } from "./fake-forest.ts";
import { type MadeWheel, makeWheel } from "./make-wheel.ts";

/** Writes the wheels that several processes need to grow the same Env. They know only the folder `root`. */
export async function prepareGrowth(root: string): Promise<void> {
  await mkdir(join(root, "wheels"), { recursive: true });
  for (let i = 0; i < 4; i++) {
    const files = Object.fromEntries(
      Array.from({ length: 60 }, (_, n) => [`pkg${i}/sub${n % 7}/m${n}.py`, `value = ${n}\n`.repeat(40)]),
    );
    const wheel = makeWheel({ name: `pkg${i}`, files, entryPoints: { [`run${i}`]: `pkg${i}:main` } });
    await writeFile(join(root, "wheels", wheel.filename), wheel.bytes);
  }
}

export async function growOnce(root: string): Promise<Env> {
  const wheels: MadeWheel[] = readdirSync(join(root, "wheels")).map((filename) => {
    const bytes = readFileSync(join(root, "wheels", filename));
    return { filename, bytes, sha256: sha256Of(bytes) };
  });
  const files = new Map(wheels.map((wheel) => [wheel.filename, wheel]));
  const forest = openForest({
    home: homeAt(join(root, "data"), join(root, "cache")),
    db: fakeDB(files, join(root, "fetched", String(process.pid)), []),
    reporter: silentReporter,
    placeInterpreter: async () => {},
    interpreterDownload: async () => undefined,
  });
  return forest.grow(targetOf(wheels, await fakePython(join(root, "system"))));
}

/** Compares every file in the RECORDs of the Env with its hash. Returns the number of files; throws for a wrong one. */
export function checkEnv(env: Env): number {
  let count = 0;
  for (const name of readdirSync(env.sitePackages)) {
    if (!name.endsWith(".dist-info")) continue;
    for (const line of readFileSync(join(env.sitePackages, name, "RECORD"), "utf8")
      .split("\n")
      .filter(Boolean)) {
      const [path = "", hash] = line.split(",");
      const content = readFileSync(join(env.sitePackages, path));
      const expected = hash
        ? Buffer.from(hash.slice("sha256=".length), "base64url").toString("hex")
        : undefined;
      if (expected !== undefined && sha256Of(content) !== expected) throw new Error(`${path} is damaged`);
      count++;
    }
  }
  return count;
}
