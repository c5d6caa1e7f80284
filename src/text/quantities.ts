const byteUnits: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
  ti: 2 ** 40,
};

/** Returns the bytes of a size: `20GB`, `1.5 GiB`, `500M`, `1000`. Returns undefined if it is malformed. */
export function parseSize(text: string): number | undefined {
  const [, digits, unit = ""] = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]i?)?b?\s*$/i.exec(text) ?? [];
  return digits === undefined ? undefined : Math.round(Number(digits) * (byteUnits[unit.toLowerCase()] ?? 1));
}

const hour = 3_600_000;

const timeUnits: Readonly<Record<string, number>> = { m: hour / 60, h: hour, d: 24 * hour, w: 7 * 24 * hour };

/**
 * Returns the milliseconds of a duration: `30d`, `12h`, `90 minutes`, `2 weeks`. Returns undefined if it is malformed;
 * a unit is required.
 */
export function parseDuration(text: string): number | undefined {
  const [, digits, unit = ""] =
    /^\s*(\d+)\s*(m|min|minutes?|h|hours?|d|days?|w|weeks?)\s*$/i.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * (timeUnits[(unit[0] ?? "").toLowerCase()] ?? 0);
}
