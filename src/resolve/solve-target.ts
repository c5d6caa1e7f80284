import { setImmediate } from "node:timers/promises";
import type { Brief } from "../model/index.ts";
import {
  type BitSet,
  GreedySolver,
  type Incompatibility,
  type Outcome,
  Solver,
  type SolverStatistics,
} from "../solver/index.ts";
import type { PackageName } from "../vocab/requirement/index.ts";
import type { MetadataIndex, MetadataRequest } from "./metadata-index.ts";
import type { Node } from "./node.ts";
import type { Preferences } from "./candidates/candidate-policy.ts";
import { Prefetch } from "./prefetch.ts";
import type { Reason } from "./candidates/reason.ts";
import type { ResolveContext } from "./resolve-context.ts";
import { ResolveProvider } from "./resolve-provider.ts";
import type { Target } from "./target.ts";

export type Derivation = Incompatibility<Node, BitSet, Reason>;

type AnySolver =
  | GreedySolver<Node, BitSet, number, Reason, MetadataRequest>
  | Solver<Node, BitSet, number, Reason, MetadataRequest>;

interface Attempt {
  readonly target: Target;
  readonly provider: ResolveProvider;
  readonly statistics: SolverStatistics;
}

export interface Solved extends Attempt {
  readonly kind: "solved";
  readonly decisions: ReadonlyMap<Node, number>;
}

export interface Failed extends Attempt {
  readonly kind: "failed";
  readonly derivation: Derivation;
}

/**
 * In milliseconds. After that long, the solver lets the event loop run, so that signals and responses are handled.
 */
const longestTurn = 50;

/** The targets that will be solved next, as far as that can be predicted. */
export interface Later {
  targets(): readonly { readonly brief: Brief; readonly target: Target }[];
  /** Aborted when all targets are solved. */
  readonly until: AbortSignal;
}

/**
 * Solves for one interpreter on one platform. It starts with the greedy solver and runs the full solver after the
 * first conflict. When a solver asks for data, the data are fetched and it runs again. Data that later targets will
 * need are prefetched along the way, and those fetches go on while the later targets are solved.
 */
export async function solveTarget(
  brief: Brief,
  target: Target,
  metadataIndex: MetadataIndex,
  preferences: Preferences,
  context: ResolveContext,
  later: Later,
): Promise<Solved | Failed> {
  const canBuild = context.sources !== undefined;
  for (;;) {
    const provider = new ResolveProvider(brief, target, metadataIndex, preferences, canBuild);
    const solved = new AbortController();
    const prefetch = new Prefetch(metadataIndex, provider, target, solved.signal, () =>
      later.targets().map((laterTarget) => {
        const laterProvider = new ResolveProvider(
          laterTarget.brief,
          laterTarget.target,
          metadataIndex,
          preferences,
          canBuild,
        );
        return new Prefetch(metadataIndex, laterProvider, laterTarget.target, later.until);
      }),
    );
    const { generation } = metadataIndex;
    try {
      const { root } = provider.nodes;
      let solver: AnySolver = new GreedySolver(provider, root, 0);
      const run = async (): Promise<Outcome<Node, BitSet, number, Reason, MetadataRequest>> => {
        for (;;) {
          const end = performance.now() + longestTurn;
          const outcome = solver.runUntil(() => performance.now() > end);
          if (outcome === undefined) await setImmediate();
          else if (outcome.kind !== "conflict") return outcome;
          else {
            context.onConflict?.();
            solver = new Solver(provider, root, 0);
          }
        }
      };
      const tried = new Map<PackageName, number>();
      let outcome = await run();
      // After another target was solved, everything may be in memory. Then there is nothing to prefetch.
      if (outcome.kind === "needs")
        prefetch.follow(provider.policy.requirements.map(({ requirement }) => requirement));
      while (outcome.kind === "needs" && metadataIndex.generation === generation) {
        await Promise.all(outcome.what.map((request) => metadataIndex.load(request, target.interpreter)));
        for (const request of outcome.what) prefetchMore(request, tried, prefetch);
        context.reporter.report({
          kind: "progress",
          stage: "resolve",
          id: "versions",
          done: solver.statistics.attempts,
        });
        outcome = await run();
      }
      // A package got versions that this solver doesn't know.
      if (outcome.kind === "needs" || metadataIndex.generation !== generation) continue;
      return { ...outcome, target, provider, statistics: solver.statistics };
    } finally {
      solved.abort();
    }
  }
}

function prefetchMore(request: MetadataRequest, tried: Map<PackageName, number>, prefetch: Prefetch): void {
  if (request.kind !== "metadata") return;
  const { name } = request.artifact;
  const count = (tried.get(name) ?? 0) + 1;
  tried.set(name, count);
  prefetch.batch(name, count);
}
