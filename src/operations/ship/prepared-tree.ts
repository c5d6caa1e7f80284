import { type ApplicationTree, compiledTree, type Removed, strippedTree } from "../../application/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import type { Interpreter } from "../../model/index.ts";
import type { Posy } from "../../posy.ts";
import { releaseTemporary, removeTree, temporaryPath } from "../../system/fs/index.ts";
import { minorOf } from "../../vocab/version/index.ts";

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
  /** What `strip` has removed. */
  readonly removed: readonly Removed[];
}

/** Removes and adds files as the options say. Throws `no-interpreter` if there is no Python that could compile. */
export async function preparedTree(
  planned: ApplicationTree,
  { strip, compile }: PreparationOptions,
  posy: Posy,
): Promise<PreparedTree> {
  const { tree, removed } = strip ? await strippedTree(planned) : { tree: planned, removed: [] };
  if (!compile) return { tree, removed, [Symbol.asyncDispose]: async () => {} };
  const python = await compilingPython(tree.target.python, posy);
  const { executable } = await posy.forest.interpreter(python);
  const folder = temporaryPath(posy.home.cacheTmp, "bytecode");
  const close = async () => {
    await removeTree(folder);
    releaseTemporary(folder);
  };
  try {
    const compiled = await compiledTree(tree, { python: executable, folder });
    return { tree: compiled, removed, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Returns a Python that runs here and writes the bytecode of another one: the same minor version of the same
 * implementation. Throws `no-interpreter` if there is none.
 */
async function compilingPython(python: Interpreter, posy: Posy): Promise<Interpreter> {
  const { platform } = posy.machine;
  const hasFiles = python.source.kind !== "described" && python.source.kind !== "open";
  if (python.platform === platform && hasFiles) return python;
  const minor = minorOf(python.version);
  const kind = python.implementation === "cpython" ? "" : python.implementation;
  const found = await posy.interpreters(`${kind}${minor}${python.freeThreaded ? "t" : ""}`, platform);
  const same = found.find(({ version }) => version === python.version) ?? found[0];
  if (same !== undefined) return same;
  throw new PosyError(
    "no-interpreter",
    `\`--compile\` needs a Python ${minor} that runs on this machine, and there is none`,
    { hint: `leave out \`--compile\`, or choose another Python with \`--python\`` },
  );
}
