import type { DamagedStoreEntry, VerifiedStore } from "../../operations/index.ts";
import { counted, formatList, quote, visible } from "../../text/index.ts";

const kinds = {
  python: "interpreter",
  wheel: "wheel",
  env: "environment",
  build: "build",
  artifact: "download",
};

/** What was verified, what is damaged, and what was done about it. */
export function renderVerified(result: VerifiedStore): string {
  const counts = [
    counted(result.pythons, "Python"),
    counted(result.wheels, "wheel"),
    counted(result.envs - result.skipped, "environment"),
    counted(result.builds, "build"),
    counted(result.artifacts, "download"),
  ];
  const summary = result.damaged.length === 0 ? "nothing is damaged" : `${result.damaged.length} damaged`;
  const skipped =
    result.skipped === 0
      ? ""
      : `${counted(result.skipped, "environment")} of an earlier Posy could not be verified\n`;
  return `${result.damaged.map(renderEntry).join("")}${skipped}verified ${formatList(counts)}: ${summary}\n`;
}

function renderEntry({ kind, name, damages, usedBy, outcome, reason }: DamagedStoreEntry): string {
  const users = usedBy.length === 0 ? "" : ` of ${usedBy.map(visible).join(", ")}`;
  const shown = damages
    .filter(({ path }) => path !== "")
    .slice(0, 3)
    .map(({ path, kind: what }) => `${quote(path)} ${what}`);
  const more = damages.length > 3 ? ` and ${damages.length - 3} more` : "";
  const which = shown.length === 0 ? "" : `: ${shown.join(", ")}${more}`;
  return `damaged ${kinds[kind]} ${visible(name)}${users}${which}\n${done(outcome, reason)}`;
}

function done(outcome: DamagedStoreEntry["outcome"], reason: string | undefined): string {
  if (outcome === "found") return "";
  if (outcome === "repaired") return "  repaired\n";
  return `  removed${reason === undefined ? "" : ` (${visible(reason)})`}: it is made again when it is needed\n`;
}
