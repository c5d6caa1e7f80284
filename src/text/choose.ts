import { PosyError } from "../errors/posy-error.ts";
import { didYouMean } from "./did-you-mean.ts";

/** One of a few words that an option takes. Throws `usage` with the word that was probably meant. */
export function choose<Choice extends string>(
  option: string,
  value: string,
  choices: readonly Choice[],
): Choice {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  const [near] = didYouMean(value, choices);
  throw new PosyError("usage", `\`${option}\` takes no \`${value}\``, {
    hint: `${near === undefined ? "" : `did you mean \`${near}\`? `}there are: ${choices.join(", ")}`,
  });
}
