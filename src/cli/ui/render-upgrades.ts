import { formatList } from "../../text/index.ts";
import type { PythonUpgrade } from "../../operations/pythons/upgrade-pythons.ts";
import { exactRequest } from "../../operations/pythons/exact-request.ts";
import { columns } from "./columns.ts";
import { pythonName } from "./render-pythons.ts";

/** One line per minor version: the old and the new version, the path, and which older versions stay. */
export function renderUpgrades(upgrades: readonly PythonUpgrade[]): string {
  return columns(
    upgrades.flatMap((upgrade) => {
      if (upgrade.state === "failed") return [];
      const { interpreter, before, executable } = upgrade;
      const [newest] = before;
      const name = pythonName(interpreter);
      if (newest === undefined) return [[name, "installed", executable, ""]];
      if (newest === interpreter.version) return [[name, "already the newest", executable, ""]];
      const [implementation = "", version = ""] = name.split(" ");
      const older = before.map((each) => `\`${exactRequest({ ...interpreter, version: each })}\``);
      const stay = `${formatList(older)} ${older.length === 1 ? "stays" : "stay"} until uninstalled`;
      return [[`${implementation} ${newest} → ${version}`, "installed", executable, stay]];
    }),
  );
}
