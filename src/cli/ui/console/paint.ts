export type ColorMode = "auto" | "always" | "never";

/** Colours by meaning. Every text has the same meaning without them. */
export interface Paint {
  error(text: string): string;
  warning(text: string): string;
  hint(text: string): string;
  strong(text: string): string;
  dim(text: string): string;
}

const escape = (code: number, end: number) => (text: string) => `\u001b[${code}m${text}\u001b[${end}m`;

const colored: Paint = {
  error: (text) => escape(1, 22)(escape(31, 39)(text)),
  warning: (text) => escape(1, 22)(escape(33, 39)(text)),
  hint: (text) => escape(1, 22)(escape(36, 39)(text)),
  strong: escape(1, 22),
  dim: escape(2, 22),
};

const unchanged = (text: string) => text;
export const plainPaint: Paint = {
  error: unchanged,
  warning: unchanged,
  hint: unchanged,
  strong: unchanged,
  dim: unchanged,
};

/**
 * Chooses the colours: by `--color`, then by `NO_COLOR`, `FORCE_COLOR` and `CLICOLOR_FORCE`, then by whether there is a
 * terminal that has colours.
 */
export function choosePaint(mode: ColorMode, environment: NodeJS.ProcessEnv, isTerminal: boolean): Paint {
  if (mode !== "auto") return mode === "always" ? colored : plainPaint;
  if (environment["NO_COLOR"]) return plainPaint;
  const forced = environment["FORCE_COLOR"] ?? environment["CLICOLOR_FORCE"];
  if (forced && forced !== "0") return colored;
  return isTerminal && environment["TERM"] !== "dumb" ? colored : plainPaint;
}
