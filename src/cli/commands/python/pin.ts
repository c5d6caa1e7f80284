import { PosyError } from "../../../errors/posy-error.ts";
import {
  pinPython,
  type PinPythonOptions,
  readPins,
  removePin,
} from "../../../operations/pythons/pin-python.ts";
import { visible } from "../../../text/index.ts";
import type { CommandContext } from "../command.ts";

export type PythonPinOptions = Omit<PinPythonOptions, "project"> & {
  readonly noProject?: true;
  readonly rm?: true;
  readonly json?: true;
};

/** `posy python pin`: writes, shows or removes the `.python-version` of this folder, or the user's global pin. */
export async function pythonPinCommand(
  request: string | undefined,
  { rm, json, noProject, ...others }: PythonPinOptions,
  context: CommandContext,
): Promise<number> {
  const { console } = context;
  // `project` of the other options is the value of `--project`, which the context has.
  const options = { ...others, project: noProject !== true };
  if (rm) {
    if (request !== undefined || options.resolved) {
      throw new PosyError("usage", "`--rm` removes a pin, and takes no other", {
        hint: "leave out the request, or `--rm`",
      });
    }
    const removed = await removePin(options, context);
    console.print(json ? `${JSON.stringify({ removed })}\n` : `${removed}: removed\n`);
  } else if (request === undefined && !options.resolved) {
    const pins = await readPins(options, context);
    const lines = pins.requests.map((pin) => `${visible(pin)}\n`);
    console.print(json ? `${JSON.stringify(pins, undefined, 2)}\n` : lines.join(""));
  } else {
    const pin = await pinPython(request, options, context);
    const isSame = pin.before === undefined || pin.before === pin.request;
    const change = isSame ? pin.request : `${pin.before} → ${pin.request}`;
    console.print(json ? `${JSON.stringify(pin, undefined, 2)}\n` : `${pin.path}: ${change}\n`);
  }
  return 0;
}
