import type { Posy } from "../../posy.ts";
import { formatList } from "../../text/index.ts";
import { parsePythonRequest } from "../../model/index.ts";
import { compareVersions, parseVersion } from "../../vocab/version/index.ts";
import { exactRequest } from "./exact-request.ts";

const shown = 4;

/** What there is instead of what was asked for: the versions nearest to it, of its implementation and kind, for a hint. */
export async function nearPythons(request: string | undefined, posy: Posy): Promise<string> {
  const plain = "`posy python list` shows the Pythons that there are";
  const asked = request === undefined ? undefined : parsePythonRequest(request);
  if (asked?.kind !== "version") return plain;
  const { implementation, freeThreaded, specifier } = asked;
  const kind = `${implementation}@${freeThreaded ? "t" : ""}`;
  const there = new Map(
    // A source that fails now has failed before, and that was told.
    (await posy.interpreters(kind, posy.machine.platform).catch(() => [])).map((each) => [
      exactRequest(each),
      parseVersion(each.version),
    ]),
  );
  const sorted = [...there].sort(([, a], [, b]) => compareVersions(b, a));
  const [wanted] = specifier.specifiers.flatMap(({ version }) => version ?? []);
  const above = sorted.filter(([, version]) => wanted && compareVersions(version, wanted) > 0);
  // Those around the place where it would stand among the others.
  const from = Math.max(0, Math.min(above.length - shown / 2, sorted.length - shown));
  const names = sorted.slice(from, from + shown).map(([name]) => `\`${name}\``);
  return names.length === 0
    ? plain
    : `near to it there ${names.length === 1 ? "is" : "are"} ${formatList(names)}; ${plain}`;
}
