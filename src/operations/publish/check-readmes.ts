import { PosyError } from "../../errors/posy-error.ts";
import { type Distribution, parseContentType } from "../../packages/upload/index.ts";
import { type OperationContext, warn } from "../../settings/index.ts";
import { runCaptured } from "../../system/process/index.ts";
import { unfold } from "../../vocab/metadata/index.ts";
import { createEnv, type EnvOptions } from "../create-env.ts";

/** The program of the public index. `twine check` uses it, too. */
const renderer = "readme-renderer";

const script = `
import io, json, sys
from readme_renderer import rst
stream = io.StringIO()
html = rst.render(json.load(sys.stdin), stream=stream)
json.dump({"rendered": html is not None, "log": stream.getvalue()}, sys.stdout)
`;

/**
 * Renders the descriptions in reStructuredText as the public index does, in an environment with its renderer, since
 * nothing else tells what it refuses. Markdown and plain text always render. Throws `invalid-metadata` if a description
 * does not render. If the renderer is not available, a warning says that the description was not checked.
 */
export async function checkReadmes(
  distributions: readonly Distribution[],
  options: EnvOptions,
  context: OperationContext,
): Promise<void> {
  // The files of a version have the same description.
  const texts = new Map(distributions.filter(isRst).map((each) => [each.metadata.description(), each]));
  if (texts.size === 0) return;
  const python = await rendererPython(options, context);
  if (python === undefined) return;
  for (const [text, { filename }] of texts) {
    const { status, stdout, stderr } = await runCaptured(python, ["-I", "-X", "utf8", "-c", script], {
      input: JSON.stringify(text),
      timeout: 60_000,
    });
    const answer =
      status === 0 ? (JSON.parse(stdout) as { readonly rendered: boolean; readonly log: string }) : undefined;
    if (answer === undefined) {
      warn(
        context,
        `the description of \`${filename}\` was not checked: the renderer failed: ${lastLine(stderr)}`,
      );
      continue;
    }
    if (answer.rendered) continue;
    throw new PosyError(
      "invalid-metadata",
      `\`${filename}\`: the README does not render: ${reasonIn(answer.log)}`,
      {
        hint: "correct the README and build it again; `--no-readme-check` uploads it nevertheless",
      },
    );
  }
}

function isRst({ metadata }: Distribution): boolean {
  const text = metadata.description().trim();
  const [type] = metadata.field("Description-Content-Type");
  if (text === "" || text === "UNKNOWN") return false;
  return type === undefined || parseContentType(unfold(type)).type === "text/x-rst";
}

async function rendererPython(options: EnvOptions, context: OperationContext): Promise<string | undefined> {
  try {
    const { env } = await createEnv({ ...options, with: [renderer], noProject: true }, context);
    return env.python;
  } catch (error) {
    if (!(error instanceof PosyError) || error.code === "bug") throw error;
    warn(
      context,
      `the README is reStructuredText and was not rendered, because \`${renderer}\` is not available: ${error.message}`,
    );
    return undefined;
  }
}

/** `<string>:7: (SEVERE/4) Unexpected section title.` becomes `line 7: Unexpected section title`. */
function reasonIn(log: string): string {
  const [, line, message, next = ""] = /^<string>:(\d*): \(\w+\/\d+\) (.*)\s*(.*)/m.exec(log) ?? [];
  if (message === undefined) return log.trim().split("\n", 1).join("");
  // The reason is on the next line: `Error in "code" directive:`.
  const whole = message.endsWith(":") ? `${message} ${next}` : message;
  return `line ${line}: ${whole.replace(/\.$/, "")}`;
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
