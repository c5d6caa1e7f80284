import { readFileSync, statfsSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { PosyRun } from "../posy.ts";
import { runInjected, runPlain } from "./injector.ts";
import type { Operation } from "./operations.ts";
import { fileStates, cutPower, damageFile, filesIn } from "./power-cut.ts";
import type { World } from "./world.ts";

/** What a fault needs to know. */
export interface FaultContext {
  readonly injector: string;
  readonly world: World;
  readonly operation: Operation;
  readonly args: readonly string[];
  /** The name of the kept state that the command starts from. */
  readonly state: string;
  readonly random: () => number;
  /** Returns how many calls of these kinds the command makes without a fault. */
  readonly callsOf: (calls: string, own?: boolean) => Promise<number>;
}

/** What happened to the command. */
export interface Faulted {
  /** For people: what was done, and where. */
  readonly what: string;
  readonly run: PosyRun;
  /** What an error must say. `undefined`: the command was killed, so it says nothing. */
  readonly says?: RegExp | undefined;
  /** The command ended without a chance to remove its temporary files. */
  readonly isKilled?: boolean;
  /** The signal that the command got. */
  readonly signal?: NodeJS.Signals;
  /** What is damaged, and is not needed by the command, is still damaged after the next run. */
  readonly staysDamaged?: boolean;
  /** The command must succeed. */
  readonly mustSucceed?: boolean;
}

/** One way of disturbing a command. */
interface Kind {
  /** How often it is chosen, in comparison with the others. */
  readonly weight: number;
  /** It mounts file systems, which only root may do. */
  readonly needsRoot?: boolean;
  /** The error may say anything, but must be one of Posy's with a hint. */
  readonly anyError?: boolean;
  inject(context: FaultContext): Promise<Faulted>;
}

const words: Readonly<Record<string, RegExp>> = {
  ENOSPC: /no space is left on the disk/,
  EDQUOT: /the disk quota is used up/,
  EROFS: /the file system is read-only/,
  EMFILE: /too many files are open/,
  EIO: /the disk reported an error/,
};

/** System calls fail: all from one on, or only that one. */
function failing(error: string, calls: string, weight: number, once = false): Kind {
  return {
    weight,
    async inject(context) {
      const injection = { calls, at: await chooseCall(context, calls, true), what: error, once, own: true };
      const { world, args } = context;
      const run = await runInjected(context.injector, injection, world.root, world.options(args));
      return { what: `${error} at call ${injection.at}: ${run.hit ?? "none"}`, run, says: words[error] };
    },
  };
}

/** The program gets a signal at a system call. */
function signalled(signal: "SIGKILL" | "SIGINT" | "SIGTERM", weight: number): Kind {
  return {
    weight,
    async inject(context) {
      // A program that Posy has become, such as Python, handles signals as it likes.
      const own = signal !== "SIGKILL";
      const injection = { calls: "cmr", at: await chooseCall(context, "cmr", own), what: signal, own };
      const { world, args } = context;
      const run = await runInjected(context.injector, injection, world.root, world.options(args));
      const what = `${signal} at call ${injection.at}: ${run.hit ?? "none"}`;
      return { what, run, isKilled: signal === "SIGKILL", signal };
    },
  };
}

async function chooseCall({ callsOf, random }: FaultContext, calls: string, own = false): Promise<number> {
  return 1 + Math.floor(random() * Math.max(1, await callsOf(calls, own)));
}

const choose = <T>(values: readonly T[], random: () => number): T =>
  values[Math.floor(random() * values.length)] as T;

export const kinds = {
  "full disk": failing("ENOSPC", "c", 22),
  "one failed write": failing("ENOSPC", "c", 6, true),
  quota: failing("EDQUOT", "c", 4),
  "read-only": failing("EROFS", "cm", 8),
  "failing disk, writes": failing("EIO", "cm", 6),
  // A path that cannot be read may be there or not, so the error may be another one.
  "failing disk, reads": { ...failing("EIO", "r", 6), anyError: true },
  "one failed read": { ...failing("EIO", "r", 4, true), anyError: true },
  "too many open files": failing("EMFILE", "o", 5),
  SIGKILL: signalled("SIGKILL", 14),
  SIGINT: signalled("SIGINT", 5),
  SIGTERM: signalled("SIGTERM", 4),
  "power cut": {
    weight: 14,
    async inject(context) {
      const { world, args, random } = context;
      const injection = { calls: "cm", at: await chooseCall(context, "cm"), what: "power" };
      const before = fileStates(world.root);
      const run = await runInjected(context.injector, injection, world.root, world.options(args));
      const lost = cutPower(world.root, before, run, random);
      const what = `power cut at call ${injection.at}: ${run.hit ?? "after the end"}; lost ${lost.length} files: ${lost
        .map((path) => relative(world.root, path))
        .join(" ")}`;
      return { what, run, isKilled: true };
    },
  },
  "small file system": {
    weight: 4,
    needsRoot: true,
    async inject({ world, state, args, random }) {
      world.restore(state, { mounted: true });
      const { blocks, bfree, bsize } = statfsSync(world.root);
      const size = (blocks - bfree) * bsize + Math.floor(random() * 240) * 1024;
      world.remount(`size=${size}`);
      const run = await runPlain(world.options(args));
      world.remount("size=200m");
      return { what: `a file system of ${size} bytes`, run, says: words["ENOSPC"] };
    },
  },
  "remounted read-only": {
    weight: 3,
    needsRoot: true,
    async inject({ world, state, args, random }) {
      world.restore(state, { mounted: true });
      const delay = random() < 0.4 ? 0 : Math.floor(random() * 250);
      const isReadOnly = delay === 0 && world.remount("ro");
      const running = runPlain(world.options(args));
      if (!isReadOnly) await sleep(delay);
      // That is refused while a file is open for writing.
      const rounds = isReadOnly ? 0 : 20;
      for (let round = 0; round < rounds && !world.remount("ro"); round++) await sleep(2);
      const run = await running;
      world.remount("rw");
      return { what: `read-only after ${delay} ms`, run, says: words["EROFS"] };
    },
  },
  "limited files": {
    weight: 3,
    async inject({ world, args, random }) {
      const isCount = random() < 0.6;
      const limit = isCount ? 18 + Math.floor(random() * 20) : Math.floor(random() * 12);
      const shell = isCount ? `ulimit -n ${limit}; exec "$@"` : `trap "" XFSZ; ulimit -f ${limit}; exec "$@"`;
      const run = await runPlain({ ...world.options(args), shell });
      const says = isCount ? words["EMFILE"] : /larger than files may be here/;
      return { what: `ulimit ${isCount ? "-n" : "-f"} ${limit}`, run, says };
    },
  },
  "damaged files": {
    weight: 6,
    async inject({ world, args, random }) {
      const run = await runPlain(world.options(args));
      const files = filesIn(world.home).filter((path) =>
        /^(cache.(?!tmp)|data.(wheels|envs|pythons)-)/.test(relative(world.home, path)),
      );
      const count = 1 + Math.floor(random() * 5);
      const damaged = new Set(
        Array.from({ length: files.length === 0 ? 0 : count }, () => choose(files, random)),
      );
      for (const path of damaged) {
        damageFile(path, random);
        // Unlike a power cut, this happens while the machine runs, and the file gets the time of the change.
        if (readFileSync(path).length > 0) writeFileSync(path, readFileSync(path));
      }
      const names = [...damaged].map((path) => relative(world.home, path));
      const what = `damaged ${names.join(" ")}`;
      if (names.some((name) => name.startsWith(`data${sep}`))) {
        const repair = await runPlain(world.options(["cache", "verify", "--repair", "--full"]));
        if (repair.status !== 0)
          throw new Error(`${what}: repairing failed: ${repair.stdout}${repair.stderr}`);
      }
      return { what, run, staysDamaged: true };
    },
  },
  "cleaned meanwhile": {
    weight: 5,
    async inject({ world, args, random }) {
      const command = choose([["prune"], ["prune", "--ci"], ["clean"], ["verify", "--repair"]], random);
      const delay = Math.floor(random() * 200);
      const running = runPlain(world.options(args));
      await sleep(delay);
      const other = await runPlain(world.options(["cache", ...command]));
      const run = await running;
      const what = `cache ${command.join(" ")} after ${delay} ms`;
      if (other.status !== 0) throw new Error(`${what} failed: ${other.stdout}${other.stderr}`);
      return { what, run, mustSucceed: true };
    },
  },
} as const satisfies Readonly<Record<string, Kind>>;

export type KindName = keyof typeof kinds;

/** Returns the folder entries that a command must not leave in the folders for temporary files. */
export function leftFiles(world: World): string[] {
  return ["home/data/tmp", "home/cache/tmp", "tmp"].flatMap((name) => {
    try {
      return filesIn(join(world.root, name));
    } catch {
      return [];
    }
  });
}
