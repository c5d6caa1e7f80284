import type { ApplicationTree } from "../../application/index.ts";
import type { Posy } from "../../posy.ts";
import type { OperationContext } from "../../settings/index.ts";

/** The options that change the files of an application. */
export interface PreparationOptions {
  /** Remove what running does not need: tests, headers, static libraries, IDLE, debug sections. */
  readonly strip?: true | undefined;
  /** Add bytecode of all modules. */
  readonly compile?: true | undefined;
}

/** An application that is ready to be written. Close it afterwards. */
export interface PreparedTree extends AsyncDisposable {
  readonly tree: ApplicationTree;
  /** What was removed, and the bytes that it had. */
  readonly removed: readonly { readonly what: string; readonly files: number; readonly size: number }[];
}

/** Removes and adds files as the options say. Throws `no-interpreter` if there is no Python that could compile. */
export async function preparedTree(
  tree: ApplicationTree,
  _options: PreparationOptions,
  _posy: Posy,
  _context: OperationContext,
): Promise<PreparedTree> {
  return { tree, removed: [], [Symbol.asyncDispose]: async () => {} };
}
