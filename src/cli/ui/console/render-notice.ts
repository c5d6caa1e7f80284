import type { PosyEvent } from "../../../report/reporter.ts";
import { visible } from "../../../text/index.ts";
import type { Paint } from "./paint.ts";

export type Loudness = "quiet" | "normal" | "verbose";

/** The text of an event: warnings, and with `-v` each step. Undefined for events that print nothing. */
export function renderNotice(
  event: PosyEvent,
  view: { readonly paint: Paint; readonly loudness: Loudness },
): string | undefined {
  const { paint, loudness } = view;
  if (loudness === "quiet") return undefined;
  switch (event.kind) {
    case "warning": {
      const hint = event.hint === undefined ? "" : `\n${paint.hint("hint:")} ${visible(event.hint)}`;
      return `${paint.warning("warning:")} ${visible(shortened(event.message, loudness))}${hint}\n`;
    }
    case "debug":
      return loudness === "verbose" ? paint.dim(`debug: ${visible(event.message)}\n`) : undefined;
    case "stage":
      return loudness === "verbose" && event.state === "start"
        ? paint.dim(`debug: ${event.stage}${event.detail === undefined ? "" : ` ${event.detail}`}\n`)
        : undefined;
    case "output":
      if (loudness !== "verbose") return undefined;
      return (
        event.text
          // Progress bars overwrite their line with `\r`, which would break the status block.
          .replaceAll(/\r\n?/g, "\n")
          .replaceAll("\t", "    ")
          .replaceAll(/^.+$/gm, (line) => `${paint.dim(`${event.id}:`)} ${visible(line)}`)
      );
    case "cache-input":
      return undefined;
    default:
      return loudness === "verbose" && event.finished && event.stage !== "resolve"
        ? paint.dim(`debug: ${event.stage} ${event.id} done\n`)
        : undefined;
  }
}

/** The longest text of a warning without `-v`. A server or a file can make one as long as it likes. */
const largestText = 2000;

function shortened(text: string, loudness: Loudness): string {
  if (loudness === "verbose" || text.length <= largestText) return text;
  return `${text.slice(0, largestText)}… (${text.length - largestText} more characters, which \`-v\` shows)`;
}
