import { PosyError } from "../../errors/posy-error.ts";
import { quote } from "../../vocab/quote.ts";
import type { BuildRequest } from "../backend/run-backend.ts";
import type { HookReply } from "../backend/run-hook.ts";
import { interestingEnd } from "./interesting-end.ts";

export type FailedReply = Exclude<HookReply, { kind: "answer" }>;

export interface Failure {
  readonly request: BuildRequest;
  readonly reply: FailedReply;
  /** What the step said. */
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

/** A failed step as a person needs it: which package, which step, how it ended, the end of what was said, what to do. */
export function explainFailure({ request, reply, output }: Failure): PosyError {
  const { label, log, system } = request;
  const { hook } = reply;
  const step = steps[hook] ?? `calling \`${hook}\``;
  const end = interestingEnd(output);
  const said = end.length > 0 ? `\n\n${end.map((line) => `  ${line}`).join("\n")}\n` : "";
  return new PosyError(
    "build-failed",
    `${label} could not be built: ${step} failed (\`${hook}\` of \`${system.backend}\`): ${howItEnded(reply)}${said}`,
    { hint: `the whole output is in \`${log}\`` },
  );
}

function howItEnded(reply: FailedReply): string {
  switch (reply.kind) {
    case "raised":
      return `it raised \`${reply.type}\``;
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
      return reply.said === ""
        ? "the backend can't do that here"
        : `the backend can't do that here: ${reply.said}`;
    case "not-loaded":
      return reply.missing === null
        ? "the backend can't be imported"
        : `the backend can't be imported: there is no module ${quote(reply.missing)}`;
    case "foreign":
      return `the backend was not found in \`backend-path\` but in ${reply.places.map(quote).join(", ") || "another place"}`;
    default:
      return `the backend has no ${quote(reply.name)}`;
  }
}
