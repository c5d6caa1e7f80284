import { doctor, type DoctorOptions } from "../../operations/doctor/doctor.ts";
import { version } from "../../version.ts";
import { renderDoctor } from "../ui/render-doctor.ts";
import type { CommandContext } from "./command.ts";

export type DoctorCommandOptions = DoctorOptions & { readonly json?: true };

/** `posy doctor`: prints what was looked at and what is wrong. The exit status is 1 if something is wrong. */
export async function doctorCommand(
  { json, ...options }: DoctorCommandOptions,
  context: CommandContext,
): Promise<number> {
  const findings = await doctor(options, context);
  const isWell = findings.every(({ level }) => level !== "problem");
  context.console.print(
    json ? `${JSON.stringify({ version, ok: isWell, findings }, undefined, 2)}\n` : renderDoctor(findings),
  );
  return isWell ? 0 : 1;
}
