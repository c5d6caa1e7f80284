import type { HeldBack } from "../../resolve/index.ts";
import type { Outdated, OutdatedTarget } from "../../operations/outdated/outdated-packages.ts";
import { compareVersions, parseVersion } from "../../vocab/version/index.ts";
import { columns } from "./columns.ts";

const mostAskers = 2;
const mostReasons = 2;

/** A line for each package: as it is locked, what an upgrade would take, what there is, who asks for it and why it is not the newest. */
export function renderOutdated(rows: readonly Outdated[]): string {
  return columns([
    ["package", "locked", "allowed", "newest", "asked for by", "held back by"],
    ...rows.map(({ name, newest, askedBy, targets }) => [
      name,
      versionsOf(targets.map(({ locked }) => locked)),
      versionsOf(targets.flatMap(({ allowed }) => allowed ?? [])) || "none",
      newest,
      // The version of who asks stands with what it asks.
      some([...new Set(askedBy.map((asker) => asker.replace(/ .*/, "")))], mostAskers),
      reasonsOf(targets.flatMap(({ heldBack }) => heldBack)),
    ]),
  ]);
}

/** A sentence for each package that an upgrade leaves behind. */
export function renderBehind(rows: readonly Outdated[]): string {
  return rows
    .map(({ name, newest, targets }) => {
      const held = targets.filter(({ heldBack }) => heldBack.length > 0);
      const at = versionsOf(held.map(({ locked }) => locked)) + whereOf(held, targets);
      return `${name} stays at ${at}, though there is ${newest}: ${reasonsOf(held.flatMap(({ heldBack }) => heldBack))}\n`;
    })
    .join("");
}

/** ` with Python 3.10 on linux-x86_64`, as far as that tells some targets from others. */
function whereOf(some: readonly OutdatedTarget[], all: readonly OutdatedTarget[]): string {
  const told = (noun: string, textOf: (target: OutdatedTarget) => string) => {
    const [own, every] = [new Set(some.map(textOf)), new Set(all.map(textOf))];
    return own.size === every.size ? "" : ` ${noun} ${[...own].join(", ")}`;
  };
  const python = told("with Python", (target) => target.python.split(".").slice(0, 2).join("."));
  return python + told("on", ({ platform }) => platform) + told("in", ({ env }) => env);
}

/** Newest first: `2.3.5, 2.2.6` where targets differ. */
function versionsOf(texts: readonly string[]): string {
  const versions = [...new Set(texts)].map(parseVersion);
  return versions
    .sort((a, b) => compareVersions(b, a))
    .map(({ text }) => text)
    .join(", ");
}

/** Files are told of for each target: one stands for all. */
function reasonsOf(reasons: readonly HeldBack[]): string {
  const files = [...new Set(reasons.flatMap((each) => (each.kind === "files" ? each.says : [])))];
  const [first] = files;
  const others = files.length - 1;
  const more =
    others === 0 ? "" : ` (and so on ${others === 1 ? "another target" : `${others} other targets`})`;
  const known = reasons.filter(({ kind }) => kind !== "files" && kind !== "together" && kind !== "other");
  const texts = [
    ...new Set(known.map(describeHeldBack)),
    ...(first === undefined ? [] : [`it ${first}${more}`]),
  ];
  if (texts.length > 0) return some(texts, mostReasons, "; ");
  return reasons.length === 0 ? "" : "what it needs does not go with the rest";
}

function describeHeldBack(reason: HeldBack): string {
  switch (reason.kind) {
    case "written":
      return `\`${reason.requirement}\`${reason.origin && ` (${reason.origin})`}`;
    case "package":
      return `${reason.name} ${reason.version}, which needs \`${reason.requirement}\``;
    case "needs":
      return `it needs \`${reason.requirement}\`, and ${reason.has} is all that can be had`;
    case "files":
    case "conflict":
      return reason.says;
    case "together":
    case "other":
      return "";
    default:
      return reason satisfies never;
  }
}

function some(texts: readonly string[], most: number, between = ", "): string {
  const left = texts.length - most;
  return left > 1 ? `${texts.slice(0, most).join(between)}${between}${left} more` : texts.join(between);
}
