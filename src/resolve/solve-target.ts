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

type Walk =
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

/** In milliseconds: after that signals are heard, and what has come meanwhile is taken. */
const longestTurn = 50;

/** What will be solved after a target, as far as that can be known beforehand. */
export interface Later {
  targets(): readonly { readonly brief: Brief; readonly target: Target }[];
  /** Aborted when all are solved. */
  readonly until: AbortSignal;
}

/**
 * Solves for one interpreter on one platform: walks straight as long as nothing stands in the way, then runs the solver; fetches
 * what they ask for, runs them again. What later targets will ask for is fetched along with it, and goes on while they are solved.
 */
export async function solveTarget(
  brief: Brief,
  target: Target,
  facts: MetadataIndex,
  preferences: Preferences,
  context: ResolveContext,
  later: Later,
): Promise<Solved | Failed> {
  const able = context.sources !== undefined;
  for (;;) {
    const provider = new ResolveProvider(brief, target, facts, preferences, able);
    const solved = new AbortController();
    const prefetch = new Prefetch(facts, provider, target, solved.signal, () =>
      later.targets().map((each) => {
        const its = new ResolveProvider(each.brief, each.target, facts, preferences, able);
        return new Prefetch(facts, its, each.target, later.until);
      }),
    );
    const { generation } = facts;
    try {
      const { root } = provider.nodes;
      let walk: Walk = new GreedySolver(provider, root, 0);
      const run = async (): Promise<Outcome<Node, BitSet, number, Reason, MetadataRequest>> => {
        for (;;) {
          const end = performance.now() + longestTurn;
          const found = walk.runUntil(() => performance.now() > end);
          if (found === undefined) await setImmediate();
          else if (found.kind !== "conflict") return found;
          else {
            context.onConflict?.();
            walk = new Solver(provider, root, 0);
          }
        }
      };
      const tried = new Map<PackageName, number>();
      let outcome = await run();
      // Of what another target has asked for everything is known: then there is nothing to walk ahead for.
      if (outcome.kind === "needs")
        prefetch.follow(provider.policy.requirements.map(({ requirement }) => requirement));
      while (outcome.kind === "needs" && facts.generation === generation) {
        await Promise.all(outcome.what.map((need) => facts.load(need, target.interpreter)));
        for (const need of outcome.what) prefetchMore(need, tried, prefetch);
        context.reporter.report({
          kind: "progress",
          stage: "resolve",
          id: "versions",
          done: walk.statistics.attempts,
        });
        outcome = await run();
      }
      // A package got versions that this solver doesn't know of.
      if (outcome.kind === "needs" || facts.generation !== generation) continue;
      return { ...outcome, target, provider, statistics: walk.statistics };
    } finally {
      solved.abort();
    }
  }
}

function prefetchMore(need: MetadataRequest, tried: Map<PackageName, number>, prefetch: Prefetch): void {
  if (need.kind !== "metadata") return;
  const { name } = need.artifact;
  const count = (tried.get(name) ?? 0) + 1;
  tried.set(name, count);
  prefetch.batch(name, count);
}
