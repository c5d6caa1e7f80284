import type { PosyEvent } from "../../../report/reporter.ts";
import type { Paint } from "./paint.ts";
import { type Loudness, renderNotice } from "./render-notice.ts";

/** Turns events into the texts to print. */
export interface Notices {
  /** Returns the text of an event, or undefined if nothing is printed for it. */
  textOf(event: PosyEvent): string | undefined;
  /** Returns the number of warnings that were left out, with an example of each kind, and forgets them. */
  rest(): string;
}

/** The limits without `-v`: a page with 30,000 broken links must not hide everything else. */
const largestPerKind = 5;
const largestTotal = 50;

/**
 * Prints each warning once. Without `-v`, it prints a few warnings of each kind, and the number of the others at the
 * end. Two warnings are of the same kind if they differ only in quoted parts and numbers.
 */
export function openNotices(view: { readonly paint: Paint; readonly loudness: Loudness }): Notices {
  const printed = new Set<string>();
  const perKind = new Map<string, number>();
  const leftOut = new Map<string, { count: number; readonly example: string }>();
  let total = 0;
  return {
    textOf(event) {
      if (event.kind !== "warning") return renderNotice(event, view);
      const key = event.key ?? event.message;
      if (printed.has(key)) return undefined;
      printed.add(key);
      if (view.loudness === "verbose") return renderNotice(event, view);
      const kind = kindOf(event.message);
      const count = (perKind.get(kind) ?? 0) + 1;
      perKind.set(kind, count);
      if (count <= largestPerKind && total < largestTotal) {
        total += 1;
        return renderNotice(event, view);
      }
      // If only the limit for all kinds is reached, warnings of all kinds are counted in one group.
      const group = count <= largestPerKind ? "" : kind;
      const before = leftOut.get(group);
      if (before === undefined) leftOut.set(group, { count: 1, example: event.message });
      else before.count += 1;
      return undefined;
    },
    rest() {
      const texts = [...leftOut.values()].map(({ count, example }) =>
        renderNotice(
          {
            kind: "warning",
            message: `${count} more ${count === 1 ? "warning" : "warnings"} like this: ${example}`,
            hint: "`-v` shows all warnings",
          },
          view,
        ),
      );
      leftOut.clear();
      return texts.join("");
    },
  };
}

function kindOf(message: string): string {
  return message.replaceAll(/`[^`]*`|"[^"]*"/g, "…").replaceAll(/\d+/g, "0");
}
