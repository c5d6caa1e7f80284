/**
 * Building: from a source distribution, folder, git repository or archive to metadata and wheels.
 *
 * Building needs resolving and Envs, and these may need building: uv draws the same cycle (`BuildContext`). Here
 * resolve/ and forest/ own the interfaces `Sources` and `WheelBuilder`; build-dispatch.ts implements both, and every
 * call carries the stack of builds that led to it (build-request.ts), so that a cycle is found and shown. sources/ and
 * git/ fetch, sdist/ unpacks, metadata/ reads what a source says, requirements/ pins what a build needs, backend/ runs
 * PEP 517 and 660 hooks, store/ keeps built wheels and failures, diagnose/ says why a build failed.
 */
export type { ProjectJob } from "./build-project.ts";
export { archiveFilename } from "./sources/archive-source.ts";
export { compiledSources } from "./sources/directory-fingerprint.ts";
export { projectInputs } from "./sources/project-inputs.ts";
export { type DownloadedBuild, listDownloadedBuilds } from "./store/downloaded-builds.ts";
export {
  hasStoredWheel,
  keepStoredResults,
  keepStoredWheel,
  type StoredBuild,
  storedBuilds,
} from "./store/stored-builds.ts";
export type { Builder } from "./open-builder.ts";
