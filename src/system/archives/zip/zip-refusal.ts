/** The kinds of rejections that callers distinguish. */
export type RefusalKind = "member-name" | "member-twice" | "member-through-link";

/** The reason to reject a zip. It is the cause of the `invalid-archive` error. */
export class ZipRefusal extends Error {
  readonly kind: RefusalKind;

  constructor(kind: RefusalKind, message: string) {
    super(message);
    this.kind = kind;
  }
}
