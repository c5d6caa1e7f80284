/** Splits options as a POSIX shell would (Python's `shlex.split`); undefined where a quote is not closed. */
export function splitWords(text: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] as string;
    if (quote !== "") {
      if (letter === quote) quote = "";
      else if (quote === '"' && letter === "\\" && /["\\]/.test(text[at + 1] ?? "")) word += text[++at] ?? "";
      else word += letter;
    } else if (letter === "'" || letter === '"') {
      quote = letter;
      word ??= "";
    } else if (letter === "\\") {
      word = (word ?? "") + (text[++at] ?? "");
    } else if (/\s/.test(letter)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + letter;
    }
  }
  if (quote !== "") return undefined;
  return word === undefined ? words : [...words, word];
}
