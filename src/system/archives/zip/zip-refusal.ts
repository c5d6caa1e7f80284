/** The kinds of rejections that callers distinguish. */
export type RefusalKind = "member-name" | "member-twice" | "member-through-link";

/** The hint for an archive with names that only some systems can write. */
export const otherSystemHint =
  "other systems, such as Linux, can have files with such names: choose another version, or tell its publisher";

/** The reason to reject a zip. It is the cause of the `invalid-archive` error. */
export class ZipRefusal extends Error {
  readonly kind: RefusalKind;
  /** Where the archive can't be unpacked, if nothing is wrong with it elsewhere: `on Windows`. */
  readonly where: string | undefined;

  constructor(kind: RefusalKind, message: string, where?: string) {
    super(message);
    this.kind = kind;
    this.where = where;
  }
}
