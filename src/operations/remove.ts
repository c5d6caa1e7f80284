import { basename } from "node:path";
import { PosyError } from "../errors/posy-error.ts";
import { removeRequirement, removeSource, type RequirementList } from "../project/index.ts";
import type { RequirementListOptions } from "../settings/index.ts";
import { parsePackageName } from "../vocab/requirement/index.ts";
import { requirementListOf } from "./requirement-list-option.ts";
import { requirementListsWith } from "./requirement-lists-with.ts";
import { changeTo, type ProjectChange, writeChange } from "./locking/project-change.ts";
import type { ProjectSession } from "./session/project-session.ts";
import { withProjectLock } from "./session/with-project-lock.ts";
import { refuseChoices } from "./refuse-choices.ts";

/**
 * Removes packages from the dependencies, a group or an extra of a project, and locks all of its environments. It
 * also removes the source of a package that no other list asks for. Returns the change after writing it. Throws
 * `not-found` if the list does not have a package, and what resolving throws; then no file is changed.
 */
export async function remove(
  session: ProjectSession,
  names: readonly string[],
  options: RequirementListOptions,
): Promise<ProjectChange> {
  refuseChoices(session.options);
  return withProjectLock(session, async (locked) => {
    const text = await withoutRequirements(locked, names, requirementListOf(options, locked.project));
    const change = await changeTo(await locked.with({ text }), { before: locked });
    await writeChange(change);
    return change;
  });
}

async function withoutRequirements(
  { text, project: { path } }: ProjectSession,
  names: readonly string[],
  list: RequirementList,
): Promise<string> {
  let edited = text;
  for (const typed of names) {
    const name = parsePackageName(typed);
    const { text: after, before } = await removeRequirement(edited, path, list, name);
    const elsewhere = await requirementListsWith((each) => each === name, { text: after, path });
    if (before.length === 0) throw notListed(typed, path, list, elsewhere);
    edited = elsewhere.length === 0 ? await removeSource(after, path, name) : after;
  }
  return edited;
}

/** Returns the error for a package that a list does not have. The hint names the lists that have it. */
function notListed(
  name: string,
  path: string,
  list: RequirementList,
  elsewhere: readonly RequirementList[],
): PosyError {
  const lists = elsewhere.map((other) =>
    other.kind === "dependencies"
      ? "without `--group` and `--extra`"
      : `with \`--${other.kind} ${other.name}\``,
  );
  return new PosyError("not-found", `\`${name}\` is not among the ${nounOf(list)} of \`${basename(path)}\``, {
    hint: lists.length === 0 ? "`posy why` shows what asks for it" : `remove it ${lists.join(" and ")}`,
  });
}

function nounOf(list: RequirementList): string {
  if (list.kind === "dependencies") return "dependencies";
  return list.kind === "group"
    ? `dependencies of the group \`${list.name}\``
    : `dependencies of the extra \`${list.name}\``;
}
