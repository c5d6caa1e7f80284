import type { Posy } from "../../posy.ts";
import { formatList } from "../../text/index.ts";
import { parsePythonRequest } from "../../model/index.ts";
import { compareVersions, parseVersion } from "../../vocab/version/index.ts";
import { exactRequest } from "./exact-request.ts";

const shownCount = 4;

/** Returns a hint for a request that nothing meets: the nearest versions of its implementation and kind. */
export async function nearPythons(request: string | undefined, posy: Posy): Promise<string> {
  const overview = "`posy python list` shows the Pythons that there are";
  const asked = request === undefined ? undefined : parsePythonRequest(request);
  if (asked?.kind !== "version") return overview;
  const { implementation, freeThreaded, specifier } = asked;
  const kind = `${implementation}@${freeThreaded ? "t" : ""}`;
  const there = new Map(
    // A source that fails now failed before, and that was reported.
    (await posy.interpreters(kind, posy.machine.platform).catch(() => [])).map((each) => [
      exactRequest(each),
      parseVersion(each.version),
    ]),
  );
  const sorted = [...there].sort(([, a], [, b]) => compareVersions(b, a));
  const [wanted] = specifier.specifiers.flatMap(({ version }) => version ?? []);
  const above = sorted.filter(([, version]) => wanted && compareVersions(version, wanted) > 0);
  // Half of the shown versions are newer than the requested one, half are older.
  const from = Math.max(0, Math.min(above.length - shownCount / 2, sorted.length - shownCount));
  const names = sorted.slice(from, from + shownCount).map(([name]) => `\`${name}\``);
  return names.length === 0
    ? overview
    : `the nearest ${names.length === 1 ? "is" : "are"} ${formatList(names)}; ${overview}`;
}
