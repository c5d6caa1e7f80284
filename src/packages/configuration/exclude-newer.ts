import { PosyError } from "../../errors/posy-error.ts";
import { type PackageName, parsePackageName } from "../../vocab/requirement/index.ts";

const units: Readonly<Record<string, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
};

/**
 * Returns the cut-off for `--exclude-newer`: files uploaded at or after this moment do not count. Accepts a
 * moment (`2024-05-01T12:00:00Z`); a day (`2024-05-01`), which includes that whole day in local time, as in
 * uv; or a duration before `now` (`7 days`, `2 weeks`, `P7D`). `now` is in milliseconds since 1970. Throws
 * `invalid-configuration`.
 */
export function parseExcludeNewer(text: string, now = Date.now()): Date {
  const trimmed = text.trim();
  const day = /^(\d{4})-(\d{2})-(\d{2})$/.exec(trimmed);
  if (day) {
    // `Date` would turn a day that does not exist into another one.
    checked(new Date(`${trimmed}T00:00:00Z`), text);
    return new Date(Number(day[1]), Number(day[2]) - 1, Number(day[3]) + 1);
  }
  const ago = /^(\d+)\s*(minute|hour|day|week)s?(?:\s+ago)?$/i.exec(trimmed);
  if (ago) return new Date(now - Number(ago[1]) * (units[(ago[2] ?? "").toLowerCase()] ?? 0));
  const iso = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/i.exec(trimmed);
  if (iso && trimmed.length > 2) {
    const [weeks, days, hours, minutes] = iso.slice(1).map((part) => Number(part ?? 0));
    return new Date(
      now - ((((weeks ?? 0) * 7 + (days ?? 0)) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60_000,
    );
  }
  // A time zone is required: otherwise the text would mean another moment on another machine.
  const moment = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/i;
  return checked(new Date(moment.test(trimmed) ? trimmed.replace(" ", "T") : Number.NaN), text);
}

/** Cut-offs of single packages, which replace the general one. `false`: no cut-off for this package. */
export type PackageCutoffs = ReadonlyMap<PackageName, Date | false>;

/**
 * Parses `NAME=DATE` and `NAME=false` entries. A later entry replaces an earlier one of the same name. Throws
 * `invalid-configuration`, `invalid-name`.
 */
export function parsePackageCutoffs(texts: readonly string[]): PackageCutoffs {
  return new Map(
    texts.map((text) => {
      const [, name, date] = /^([^=]+)=(.+)$/s.exec(text.trim()) ?? [];
      if (name === undefined || date === undefined) {
        throw new PosyError("invalid-configuration", `\`${text}\` is not a package with a date`, {
          hint: "write it as `NAME=DATE`, or as `NAME=false` for no date",
        });
      }
      return [parsePackageName(name.trim()), date.trim() === "false" ? false : parseExcludeNewer(date)];
    }),
  );
}

function checked(date: Date, text: string): Date {
  if (!Number.isNaN(date.getTime())) return date;
  throw new PosyError("invalid-configuration", `\`${text}\` is not a date, a time or an age`, {
    hint: "write a day (`2024-05-01`), a time with its zone (`2024-05-01T12:00:00Z`) or an age (`7 days`)",
  });
}
