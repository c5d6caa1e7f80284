import type { Interpreter, PackagePin } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import type { BuiltWheel } from "../../forest/wheels/index.ts";
import { hostPlatformTag, wheelTagsOf } from "../../pythons/compatibility/index.ts";
import { parseWheelFilename } from "../../vocab/filenames/index.ts";
import type { BuildContext } from "../build-context.ts";
import type { BuildEntry } from "./build-store.ts";

/**
 * Puts a built wheel into the store. `linux_x86_64` does not say which C library the wheel was built against. So its
 * file name gets this machine's tag (`manylinux_2_36_x86_64`, `musllinux_1_2_x86_64`): then it is never used on a
 * machine that can't load it. It can be looked up by `pins`. `used` is everything that the build had. Throws
 * `build-failed` if the interpreter can't use it.
 */
export async function storeBuiltWheel(
  path: string,
  filename: string,
  entry: BuildEntry,
  { pins, used }: { readonly pins: readonly PackagePin[]; readonly used: readonly PackagePin[] },
  python: Interpreter,
  context: BuildContext,
): Promise<BuiltWheel> {
  const tag = hostPlatformTag(python, context.machine);
  const retagged = tag === undefined ? filename : filename.replace(/-linux_[a-z0-9_]+\.whl$/, `-${tag}.whl`);
  const accepted = new Set(wheelTagsOf(python, context.machine));
  if (!parseWheelFilename(retagged).tags.some((each) => accepted.has(each))) {
    throw new PosyError(
      "build-failed",
      `its build made \`${filename}\`, which Python ${python.version} on ${python.platform} can't use`,
      { hint: "ask for another version of it, or tell its authors" },
    );
  }
  return entry.keepWheel(pins, used, path, retagged);
}
