import type { Answer } from "../agreement/ask-uv.ts";

export interface Difference {
  /** `` `numpy` 2.4.6, uv 2.5.1 `` */
  readonly what: string;
  /** Why both answers are right, if that is known. */
  readonly why: string | undefined;
}

/** The data to compare one target of a lock with. */
export interface Compared {
  /** The lock's pins for the target. */
  readonly locked: Answer;
  readonly uvs: Answer;
  /** Resolves this target alone with Posy. Called only if the lock differs. */
  readonly alone: () => Promise<Answer>;
  /** The lock's pins for the other targets, by the names of the targets. */
  readonly others: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Why both are right, by package. */
  readonly reasons: Readonly<Record<string, string>>;
}

/**
 * The targets of a lock have the same versions where possible, so a pin may be older than the newest version that its
 * own target allows. This explains a difference if two conditions hold: Posy pins the same as uv if it resolves this
 * target alone, and another target has the version of the lock, or the difference follows from such a version.
 */
export async function compareTarget(compared: Compared): Promise<Difference[]> {
  const { locked, uvs, reasons } = compared;
  if (typeof locked === "string" || typeof uvs === "string") {
    if (typeof locked === "string" && typeof uvs === "string") return [];
    const who = typeof locked === "string" ? "Posy" : "uv";
    const said = typeof locked === "string" ? locked : typeof uvs === "string" ? uvs : "";
    return [{ what: `only ${who} refuses: ${said.trim().replaceAll(/\s+/g, " ")}`, why: reasons["*"] }];
  }
  const names = differing(locked, uvs);
  if (names.length === 0) return [];
  const alone = await compared.alone();
  const byAlignment = typeof alone !== "string" && differing(alone, uvs).length === 0;
  const aligned = new Map(names.flatMap((name) => asElsewhere(name, locked, compared.others)));
  return names.map((name) => {
    const what = `\`${name}\` ${locked.get(name) ?? "–"}, uv ${uvs.get(name) ?? "–"}`;
    const where = aligned.get(name);
    if (!byAlignment) {
      const answer = typeof alone === "string" ? "refuses" : (alone.get(name) ?? "–");
      return { what: `${what}, Posy for this target alone ${answer}`, why: reasons[name] ?? reasons["*"] };
    }
    if (where !== undefined) return { what, why: `aligned with ${where}` };
    return { what, why: aligned.size > 0 ? "follows from what is aligned" : reasons[name] };
  });
}

function differing(ours: ReadonlyMap<string, string>, theirs: ReadonlyMap<string, string>): string[] {
  const names = [...new Set([...ours.keys(), ...theirs.keys()])].sort();
  return names.filter((name) => ours.get(name) !== theirs.get(name));
}

function asElsewhere(
  name: string,
  locked: ReadonlyMap<string, string>,
  others: Compared["others"],
): [string, string][] {
  const version = locked.get(name);
  if (version === undefined) return [];
  const [same] = [...others].find(([, pins]) => pins.get(name) === version) ?? [];
  return same === undefined ? [] : [[name, same]];
}
