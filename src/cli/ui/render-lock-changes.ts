export interface LockChange {
  readonly name: string;
  /** Versions that targets had, and have: none, one, or several. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** `+ numpy 2.3`, `~ httpx 0.27 → 0.28`, `- six 1.16`: a line each; one line where nothing moved. */
export function renderLockChanges(
  path: string,
  { unchanged, before }: { readonly unchanged: boolean; readonly before?: unknown },
  changes: readonly LockChange[],
  dry = false,
): string {
  if (unchanged) return `${path} is up to date\n`;
  const lines = changes.map(({ name, before: old, after }) => {
    if (old.length === 0) return `+ ${name} ${after.join(", ")}`;
    if (after.length === 0) return `- ${name} ${old.join(", ")}`;
    return `~ ${name} ${old.join(", ")} → ${after.join(", ")}`;
  });
  const done = before === undefined ? `made ${path}` : `wrote ${path}`;
  const head = dry ? `would write ${path}` : done;
  return `${[head, ...lines].join("\n")}\n`;
}
