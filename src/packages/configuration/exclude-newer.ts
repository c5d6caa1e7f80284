import { PosyError } from "../../errors/posy-error.ts";
import { type PackageName, parsePackageName } from "../../vocab/requirement/index.ts";

const units: Readonly<Record<string, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
};

/**
 * `2024-05-01T12:00:00Z`; `2024-05-01`, which lets in that whole day (local time, as uv has it); `7 days`, `2 weeks`, `P7D`: that long
 * before now. Files uploaded at or after the moment returned don't count. Throws `invalid-configuration`.
 */
export function parseExcludeNewer(text: string, now = Date.now()): Date {
  const trimmed = text.trim();
  const day = /^(\d{4})-(\d{2})-(\d{2})$/.exec(trimmed);
  if (day) {
    // A day that the calendar lacks would roll over to another.
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
  // Without a zone it would mean another moment on another machine.
  const moment = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/i;
  return checked(new Date(moment.test(trimmed) ? trimmed.replace(" ", "T") : Number.NaN), text);
}

/** The moments of single packages, in place of the one for all; `false`: none holds for the package. */
export type PackageCutoffs = ReadonlyMap<PackageName, Date | false>;

/** `NAME=DATE`, `NAME=false`; a later one replaces an earlier one. Throws `invalid-configuration`, `invalid-name`. */
export function parsePackageCutoffs(texts: readonly string[]): PackageCutoffs {
  return new Map(
    texts.map((text) => {
      const [, name, date] = /^([^=]+)=(.+)$/s.exec(text.trim()) ?? [];
      if (name === undefined || date === undefined) {
        throw new PosyError("invalid-configuration", `\`${text}\` is not a package with its date`, {
          hint: "write it as `NAME=DATE`, or as `NAME=false` for no date",
        });
      }
      return [parsePackageName(name.trim()), date.trim() === "false" ? false : parseExcludeNewer(date)];
    }),
  );
}

function checked(date: Date, text: string): Date {
  if (!Number.isNaN(date.getTime())) return date;
  throw new PosyError("invalid-configuration", `\`${text}\` is not a moment to exclude newer files by`, {
    hint: "write a day (`2024-05-01`), a moment (`2024-05-01T12:00:00Z`) or a time ago (`7 days`)",
  });
}
