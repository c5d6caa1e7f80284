import { quote } from "../../text/index.ts";
import type { BackendCall } from "../backend/run-backend.ts";
import type { HookReply } from "../backend/run-hook.ts";
import { hasNoSources, hintWithoutSources } from "../sources/missing-modules.ts";
import { BuildFailure } from "./build-failure.ts";
import { errorExcerpt } from "./error-excerpt.ts";
import { diagnose } from "./diagnose.ts";

export type FailedReply = Exclude<HookReply, { kind: "answer" }>;

export interface Failure {
  readonly request: BackendCall;
  readonly reply: FailedReply;
  /** The output of the step. */
  readonly output: string;
}

/** What the hooks do, in plain words. */
const steps: Readonly<Record<string, string>> = {
  get_requires_for_build_wheel: "asking what it needs to be built",
  get_requires_for_build_editable: "asking what it needs to be built as editable",
  get_requires_for_build_sdist: "asking what its source distribution needs to be built",
  prepare_metadata_for_build_wheel: "making its metadata",
  build_wheel: "building the wheel",
  build_editable: "building the editable wheel",
  build_sdist: "building the source distribution",
};

/** Returns the error for a failed step: which package, which step, how it ended, an excerpt of the output, a hint. */
export function explainBuildFailure({ request, reply, output }: Failure): BuildFailure {
  const { label, log, system, pythonVersion, root } = request;
  const { hook } = reply;
  const step = steps[hook] ?? `calling \`${hook}\``;
  const end = errorExcerpt(output).map((line) => `  ${line}`.trimEnd());
  const excerpt = end.length > 0 ? `\n\n${end.join("\n")}\n` : "";
  // A label begins with the name. For a folder whose name is not known yet, it is the path.
  const name = label.split(" ", 1)[0] ?? label;
  const cause = diagnose(output, { name, pythonVersion, platform: process.platform });
  return new BuildFailure(
    `\`${label}\` could not be built: ${step} failed (\`${hook}\` of \`${system.backend}\`): ${describeReply(reply)}${excerpt}\nthe whole output is in \`${log}\``,
    {
      hint: (hasNoSources(root) ? hintWithoutSources : cause?.hint) ?? hintOf(reply),
      transient: cause?.transient === true || wasKilled(reply),
    },
  );
}

/** Whether the system, which lacks memory, or a person ended the process. Then the build itself is not at fault. */
function wasKilled(reply: FailedReply): boolean {
  return (
    reply.kind === "calling" &&
    reply.signal !== null &&
    ["SIGKILL", "SIGINT", "SIGTERM", "SIGHUP"].includes(reply.signal)
  );
}

function hintOf(reply: FailedReply): string {
  switch (reply.kind) {
    case "calling":
      return reply.signal === "SIGKILL"
        ? "let it do less at a time (`MAKEFLAGS=-j1`, `CMAKE_BUILD_PARALLEL_LEVEL=1`), or choose a version that has a wheel"
        : otherwise;
    case "no-hook":
      return "choose a version of its build backend that has it, or build something else of it";
    case "not-loaded":
      return "its `[build-system]` names a backend that its `requires` don't bring: choose another version, or tell those who publish it";
    case "foreign":
    case "no-object":
      return "correct `[build-system]` in its `pyproject.toml`, or choose another version";
    default:
      // Only local folders are installed as editable. In an image, their sources may be copied later.
      return reply.hook === "build_editable"
        ? "correct the folder; or `--no-install-project` leaves the project out, `--no-install-local` all local folders"
        : otherwise;
  }
}

const otherwise = "a version or a Python for which there is a wheel needs no building";

function describeReply(reply: FailedReply): string {
  switch (reply.kind) {
    case "raised":
      return `it raised \`${reply.type}\``;
    case "exited":
      return `it ended with status ${reply.status}`;
    case "calling":
      if (reply.signal === "SIGKILL") {
        return "it was killed (SIGKILL), which the system does when memory runs out";
      }
      return reply.signal === null
        ? `it ended with status ${reply.status}`
        : `it was ended by ${reply.signal}`;
    case "no-hook":
      return "the backend has no such hook";
    case "unsupported":
      return reply.reason === ""
        ? "the backend can't do that here"
        : `the backend can't do that here: ${reply.reason}`;
    case "not-loaded":
      return reply.missing === null
        ? "the backend can't be imported"
        : `the backend can't be imported: there is no module ${quote(reply.missing)}`;
    case "foreign":
      return `the backend was not found in \`backend-path\` but in ${reply.paths.map(quote).join(", ") || "another folder"}`;
    default:
      return `the backend has no ${quote(reply.name)}`;
  }
}
