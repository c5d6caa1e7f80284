/** Of which kind the reason is that an archive is refused for, where that is of interest to somebody. */
export type RefusalKind = "member-name" | "member-twice" | "member-through-link";

/** Why a zip is refused; the cause of the `invalid-archive` that says it. */
export class ZipRefusal extends Error {
  readonly kind: RefusalKind;

  constructor(kind: RefusalKind, message: string) {
    super(message);
    this.kind = kind;
  }
}
