import { type Blueprint, type Brief, type BuildPolicy, defaultBuildPolicy } from "../model/index.ts";
import type { WheelBuilder } from "../forest/wheels/index.ts";
import type { Sources } from "../resolve/index.ts";
import type { BuildContext } from "./build-context.ts";
import { buildProject, type ProjectJob } from "./build-project.ts";
import { changedProjects } from "./metadata/changed-projects.ts";
import { nameSources } from "./name-sources.ts";
import { openBuildDispatch } from "./build-dispatch.ts";

/** The interface of building for other folders. */
export interface Builder {
  /** For resolving a Brief. */
  sources(brief: Brief): Sources;
  /** For growing a Blueprint, which has everything that a build needs to know. */
  readonly wheels: WheelBuilder;
  /** Returns the Brief with names for the sources that it gives by URL alone. */
  named(brief: Brief): Promise<Brief>;
  /** Returns the local projects of a Blueprint whose metadata differ from those in it (`changedProjects`). */
  changedProjects(blueprint: Blueprint, brief: Brief): Promise<readonly string[]>;
  /** Builds a project's distributions. `brief` says how builds are done. */
  project(job: ProjectJob, brief: Brief): Promise<readonly string[]>;
  /** Removes the unpacked sources. */
  close(): Promise<void>;
}

/** Opens the BuildStore of a home. No file is touched until something is asked for. */
export function openBuilder(context: BuildContext): Builder {
  const dispatch = openBuildDispatch(context);
  const request = (brief: Brief | undefined, policy: BuildPolicy) => ({ brief, policy, stack: [] });
  return {
    sources: (brief) => dispatch.sources(request(brief, brief.builds)),
    wheels: dispatch.wheels(request(undefined, defaultBuildPolicy)),
    named: (brief) => nameSources(brief, request(brief, brief.builds), dispatch),
    changedProjects: (blueprint, brief) => changedProjects(blueprint, request(brief, brief.builds), dispatch),
    project: (job, brief) => buildProject(job, request(brief, brief.builds), dispatch),
    close: () => dispatch.trees.close(),
  };
}
