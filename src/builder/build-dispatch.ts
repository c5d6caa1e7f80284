import { availableParallelism } from "node:os";
import type { WheelBuilder } from "../forest/wheels/index.ts";
import type { Sources } from "../resolve/index.ts";
import type { Requirement } from "../vocab/requirement/index.ts";
import type { BuildContext } from "./build-context.ts";
import { buildWheel } from "./build-wheel.ts";
import type { BuildRequest } from "./build-request.ts";
import { prefetchSdist } from "./requirements/prefetch-sdist.ts";
import { pinBuild } from "./pin-build.ts";
import { readReference } from "./read-reference.ts";
import { createFailures, type Failures } from "./store/known-failures.ts";
import { sourceMetadata } from "./metadata/source-metadata.ts";
import { openUnpackedSources, type UnpackedSources } from "./unpacked-sources.ts";
import { createSemaphore, OnceMap, type Semaphore } from "../async/index.ts";

/** What all builds of one process share, and the two interfaces to building. Each is made for one build request. */
export interface BuildDispatch {
  readonly context: BuildContext;
  readonly trees: UnpackedSources;
  readonly semaphore: Semaphore;
  readonly failures: Failures;
  /** What source distributions declare that their builds need, by their URLs. */
  readonly declared: OnceMap<string, readonly Requirement[]>;
  /** For resolving. */
  sources(request: BuildRequest): Sources;
  /** For growing. */
  wheels(request: BuildRequest): WheelBuilder;
}

export function openBuildDispatch(context: BuildContext): BuildDispatch {
  const dispatch: BuildDispatch = {
    context,
    trees: openUnpackedSources(context),
    semaphore: createSemaphore(availableParallelism()),
    failures: createFailures(context.refresh),
    declared: new OnceMap(),
    sources: (request) => ({
      direct: (url, name, python) => readReference(url, name, python, request, dispatch),
      metadata: (source, python) => sourceMetadata(source, python, request, dispatch),
      prefetch: (source, python) => prefetchSdist(source, python, dispatch),
      build: (source, python) => pinBuild(source, python, request, dispatch),
      // Build requirements are resolved as a part of another resolve, which is then retried as a whole.
      ...(request.stack.length === 0 && { retry: async () => dispatch.failures.retry() }),
    }),
    wheels: (request) => ({ wheel: (pin, target) => buildWheel(pin, target, request, dispatch) }),
  };
  return dispatch;
}
