/** The launcher for one processor. */
export interface Launchers {
  /** The program for a console. */
  readonly console: Buffer;
  /** The program without a console window. */
  readonly gui: Buffer;
}

/** Returns the launchers that start an interpreter for this platform: `windows-x86_64`, `windows-arm64`, … */
export async function loadLaunchers(platform: string): Promise<Launchers> {
  const { default: compiled } = await import("./programs.json", { with: { type: "json" } });
  // A machine that runs 32-bit interpreters also runs 64-bit launchers.
  const { console, gui } = platform === "windows-arm64" ? compiled.aarch64 : compiled.x86_64;
  return { console: Buffer.from(console, "base64"), gui: Buffer.from(gui, "base64") };
}
