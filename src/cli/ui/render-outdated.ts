import type { HeldBack } from "../../resolve/index.ts";
import type { Outdated, OutdatedTarget } from "../../operations/outdated/outdated-packages.ts";
import type { Added } from "../../operations/add.ts";
import { compareVersions, parseVersion, minorOf } from "../../vocab/version/index.ts";
import { columns } from "./columns.ts";

const shownRequirers = 2;
const shownReasons = 2;

/** One line per package: the locked, allowed and newest version, what requires it, and what holds it back. */
export function renderOutdated(rows: readonly Outdated[]): string {
  return columns([
    ["package", "locked", "allowed", "newest", "required by", "held back by"],
    ...rows.map(({ name, newest, askedBy, targets }) => [
      name,
      versionsOf(targets.map(({ locked }) => locked)),
      versionsOf(targets.flatMap(({ allowed }) => allowed ?? [])) || "none",
      newest,
      // The version of a package that requires it is left out: the next column has it, with the requirement.
      firstOf([...new Set(askedBy.map((asker) => asker.replace(/ .*/, "")))], shownRequirers),
      reasonsOf(targets.flatMap(({ heldBack }) => heldBack)),
    ]),
  ]);
}

/**
 * One sentence per added package that is not locked at its newest version, or at a pre-release, or that has a bound
 * below its locked version. If only some platforms lack a file, a second line says how to do without them.
 */
export function renderChoices({ behind, prereleases, lowered }: Added["choices"]): string {
  return [
    ...lowered.map(
      ({ name, version, locked, python }) =>
        `${name} is locked at ${locked}, and its bound is ${version}: \`requires-python\` allows Python ${python}, and later versions do not\n`,
    ),
    ...behind.map((row) => {
      const held = row.targets.filter(({ heldBack }) => heldBack.length > 0);
      const at = versionsOf(held.map(({ locked }) => locked)) + whereOf(held, row.targets);
      const reasons = isFree(held)
        ? `\`posy upgrade ${row.name}\` upgrades it`
        : reasonsOf(held.flatMap(({ heldBack }) => heldBack));
      return `${row.name} is locked at ${at}, though there is ${row.newest}: ${reasons}\n${platformHint(row)}`;
    }),
    ...prereleases.map(({ name, locked, final, heldBack }) => {
      const why =
        final === undefined
          ? "there is no final release"
          : `the newest final release is ${final}, held back: ${reasonsOf(heldBack)}`;
      return `${name} is locked at the pre-release ${versionsOf(locked)}: ${why}\n`;
    }),
  ].join("");
}

/** Whether nothing keeps a package from its newest version but the lock, which had the older one already. */
function isFree(targets: readonly OutdatedTarget[]): boolean {
  return targets.every(({ heldBack }) =>
    heldBack.every(({ kind }) => kind === "other" || kind === "together"),
  );
}

/** How to get the newest version if only some of several platforms have no file of it. */
function platformHint({ name, newest, targets }: Outdated): string {
  const lacking = new Set(
    targets
      .filter(({ heldBack }) => heldBack.some(({ kind }) => kind === "files"))
      .map(({ platform }) => platform),
  );
  const isHeldOtherwise = targets.some(({ heldBack }) =>
    heldBack.some(({ kind }) => kind !== "files" && kind !== "together"),
  );
  const all = new Set(targets.map(({ platform }) => platform));
  // Without a target that is held back only for the sake of another one, there is nothing to gain.
  const isHeldTogether = targets.some(({ heldBack }) => heldBack.some(({ kind }) => kind === "together"));
  if (!isHeldTogether || lacking.size === all.size || isHeldOtherwise) return "";
  const without = [...lacking].map((platform) => `\`${platform}\``).join(" and ");
  return `hint: without ${without} in \`platforms\` of \`[tool.posy]\`, ${name} can be ${newest}\n`;
}

/** One sentence per package that an upgrade leaves outdated. */
export function renderBehind(rows: readonly Outdated[]): string {
  return rows
    .map(({ name, newest, targets }) => {
      const held = targets.filter(({ heldBack }) => heldBack.length > 0);
      const at = versionsOf(held.map(({ locked }) => locked)) + whereOf(held, targets);
      return `${name} stays at ${at}, though there is ${newest}: ${reasonsOf(held.flatMap(({ heldBack }) => heldBack))}\n`;
    })
    .join("");
}

/** Describes some targets, such as ` with Python 3.10 on linux-x86_64`, by what distinguishes them from all targets. */
function whereOf(some: readonly OutdatedTarget[], all: readonly OutdatedTarget[]): string {
  const describe = (noun: string, textOf: (target: OutdatedTarget) => string) => {
    const [values, allValues] = [new Set(some.map(textOf)), new Set(all.map(textOf))];
    return values.size === allValues.size ? "" : ` ${noun} ${[...values].join(", ")}`;
  };
  const python = describe("with Python", (target) => minorOf(target.python));
  return python + describe("on", ({ platform }) => platform) + describe("in", ({ env }) => env);
}

/** Newest first: `2.3.5, 2.2.6` where targets differ. */
function versionsOf(texts: readonly string[]): string {
  const versions = [...new Set(texts)].map(parseVersion);
  return versions
    .sort((a, b) => compareVersions(b, a))
    .map(({ text }) => text)
    .join(", ");
}

/** The reasons as text. Reasons about files differ for each target: the first one is shown, the others are counted. */
function reasonsOf(reasons: readonly HeldBack[]): string {
  const files = [...new Set(reasons.flatMap((each) => (each.kind === "files" ? each.says : [])))];
  const [first] = files;
  const others = files.length - 1;
  const more =
    others === 0 ? "" : ` (and so on ${others === 1 ? "another target" : `${others} other targets`})`;
  const named = reasons.filter(({ kind }) => kind !== "files" && kind !== "together" && kind !== "other");
  const texts = [
    ...new Set(named.map(describeHeldBack)),
    ...(first === undefined ? [] : [`it ${first}${more}`]),
  ];
  if (texts.length > 0) return firstOf(texts, shownReasons, "; ");
  return reasons.length === 0 ? "" : "its requirements conflict with the rest";
}

function describeHeldBack(reason: HeldBack): string {
  switch (reason.kind) {
    case "written":
      return `\`${reason.requirement}\`${reason.origin && ` (${reason.origin})`}`;
    case "package":
      return `${reason.name} ${reason.version}, which needs \`${reason.requirement}\``;
    case "needs":
      return `it needs \`${reason.requirement}\`, but only ${reason.has} is available`;
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

function firstOf(texts: readonly string[], count: number, separator = ", "): string {
  const left = texts.length - count;
  return left > 1
    ? `${texts.slice(0, count).join(separator)}${separator}${left} more`
    : texts.join(separator);
}
