/** The file names for a script of a wheel on Windows. */
export interface ScriptNames {
  /** The script itself. */
  readonly script: string;
  /** The program that starts it. */
  readonly program: string;
}

/**
 * Returns the names for a `#!python` script: `tool` becomes `tool-script.py` and `tool.exe`, `tool.py` stays and gets a
 * `tool.exe`. With `gui` (`#!pythonw`) the ending is `.pyw`.
 */
export function scriptNames(path: string, gui: boolean): ScriptNames {
  const ending = gui ? ".pyw" : ".py";
  if (!path.toLowerCase().endsWith(ending)) {
    return { script: `${path}-script${ending}`, program: `${path}.exe` };
  }
  return { script: path, program: `${path.slice(0, -ending.length)}.exe` };
}
