/** Whether a text has git's conflict markers. They begin a line, where valid TOML never has them. */
export function isConflicted(text: string): boolean {
  return /^<{7}( |$)/m.test(text) && /^>{7}( |$)/m.test(text);
}

/** Returns both sides of a merge conflict as whole texts. The common ancestor that `diff3` shows is left out. */
export function sidesOf(text: string): readonly [ours: string, theirs: string] {
  const sides = { ours: [] as string[], theirs: [] as string[] };
  let side: "both" | "ours" | "base" | "theirs" = "both";
  for (const line of text.split(/(?<=\n)/)) {
    const mark = /^(<{7}|\|{7}|={7}|>{7})(?=[ \r\n]|$)/.exec(line)?.[1]?.[0];
    if (mark === "<" && side === "both") side = "ours";
    else if (mark === "|" && side === "ours") side = "base";
    else if (mark === "=" && (side === "ours" || side === "base")) side = "theirs";
    else if (mark === ">" && side === "theirs") side = "both";
    else {
      if (side === "both" || side === "ours") sides.ours.push(line);
      if (side === "both" || side === "theirs") sides.theirs.push(line);
    }
  }
  return [sides.ours.join(""), sides.theirs.join("")];
}
