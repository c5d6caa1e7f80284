import { availableParallelism } from "node:os";
import type { WheelBuilder } from "../forest/wheel-builder.ts";
import type { Sources } from "../resolve/resolve-context.ts";
import type { BuildContext } from "./build-context.ts";
import { buildWheel } from "./build-wheel.ts";
import type { Errand } from "./errand.ts";
import { foreseeBuild } from "./foresee-build.ts";
import { pinBuild } from "./pin-build.ts";
import { readReference } from "./read-reference.ts";
import { sourceMetadata } from "./source-metadata.ts";
import { openSourceTrees, type SourceTrees } from "./source-trees.ts";
import { createTurns, type Turns } from "./turns.ts";

/** What all builds of one process share; the two faces of building, each for the errand that it is asked on. */
export interface Workshop {
  readonly context: BuildContext;
  readonly trees: SourceTrees;
  readonly turns: Turns;
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
    sources: (errand) => ({
      direct: (url, name, python) => readReference(url, name, python, errand, workshop),
      metadata: (source, python) => sourceMetadata(source, python, errand, workshop),
      foresee: (source, python) => foreseeBuild(source, python, workshop),
      build: (source, python) => pinBuild(source, python, errand, workshop),
    }),
    wheels: (errand) => ({ wheel: (pin, target) => buildWheel(pin, target, errand, workshop) }),
  };
  return workshop;
}
