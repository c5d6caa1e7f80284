import { PosyError } from "../errors/posy-error.ts";
import { didYouMean } from "./did-you-mean.ts";

/** Returns `value` if it is one of the words that an option takes. Throws `usage` and suggests the nearest word. */
export function choose<Choice extends string>(
  option: string,
  value: string,
  choices: readonly Choice[],
): Choice {
  const choice = choices.find((each) => each === value);
  if (choice !== undefined) return choice;
  const [nearest] = didYouMean(value, choices);
  throw new PosyError("usage", `\`${option}\` takes no \`${value}\``, {
    hint: `${nearest === undefined ? "" : `did you mean \`${nearest}\`? `}there are: ${choices.join(", ")}`,
  });
}
