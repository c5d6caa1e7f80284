import type { Brief } from "../../blueprint/brief.ts";
import { PosyError } from "../../errors/posy-error.ts";
import type { PlatformName } from "../../vocab/platform-name.ts";
import type { Facts } from "../facts.ts";
import type { Failed } from "../solve-target.ts";

export function explainFailure(
  failures: readonly Failed[],
  platform: PlatformName,
  _brief: Brief,
  _facts: Facts,
) {
  if (failures.length === 0) return new PosyError("no-interpreter", `no interpreter for \`${platform}\``);
  return new PosyError("unsatisfiable", "no");
}
