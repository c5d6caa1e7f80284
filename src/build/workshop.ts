import { availableParallelism } from "node:os";
import type { WheelBuilder } from "../forest/wheel-builder.ts";
import type { Sources } from "../resolve/resolve-context.ts";
import type { BuildContext } from "./build-context.ts";
import { buildWheel } from "./build-wheel.ts";
import type { Errand } from "./errand.ts";
import { foreseeBuild } from "./foresee-build.ts";
import { pinBuild } from "./pin-build.ts";
import { readReference } from "./read-reference.ts";
import { createFailures, type Failures } from "./known-failures.ts";
import { sourceMetadata } from "./source-metadata.ts";
import { openSourceTrees, type SourceTrees } from "./source-trees.ts";
import { createTurns, type Turns } from "./turns.ts";

/** What all builds of one process share; the two faces of building, each for the errand that it is asked on. */
export interface Workshop {
  readonly context: BuildContext;
  readonly trees: SourceTrees;
  readonly turns: Turns;
  readonly failures: Failures;
  /** For resolving. */
  sources(errand: Errand): Sources;
  /** For growing. */
  wheels(errand: Errand): WheelBuilder;
}

export function openWorkshop(context: BuildContext): Workshop {
  const workshop: Workshop = {
    context,
    trees: openSourceTrees(context),
    turns: createTurns(availableParallelism()),
    failures: createFailures(context.refresh),
    sources: (errand) => ({
      direct: (url, name, python) => readReference(url, name, python, errand, workshop),
      metadata: (source, python) => sourceMetadata(source, python, errand, workshop),
      foresee: (source, python) => foreseeBuild(source, python, workshop),
      build: (source, python) => pinBuild(source, python, errand, workshop),
      // What a build needs is resolved on the way of something else, which is then tried again as a whole.
      ...(errand.chain.length === 0 && { retry: async () => workshop.failures.retry() }),
    }),
    wheels: (errand) => ({ wheel: (pin, target) => buildWheel(pin, target, errand, workshop) }),
  };
  return workshop;
}
