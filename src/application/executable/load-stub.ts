import { inflateRawSync } from "node:zlib";

/**
 * Returns the program in front of an application for a platform (`linux-x86_64`, `macos-arm64`, …), or undefined if
 * there is none. `gui` is for Windows: a program without a console window.
 */
export async function loadStub(platform: string, gui: boolean): Promise<Buffer | undefined> {
  const { default: compiled } = await import("./stubs.json", { with: { type: "json" } });
  const name = stubName(platform, gui);
  const text = Object.entries(compiled.programs).find(([each]) => each === name)?.[1];
  return text === undefined ? undefined : inflateRawSync(Buffer.from(text, "base64"));
}

/** Linux programs need no C library, so those of glibc and musl are the same. */
function stubName(platform: string, gui: boolean): string {
  const [system = "", ...rest] = platform.split("-");
  const processor = /x86_64|x64|amd64/.test(rest.join("-")) ? "x86_64" : "aarch64";
  if (system === "windows") return `windows-${processor}-${gui ? "gui" : "console"}`;
  return `${system === "macos" ? "macos" : system}-${processor}`;
}
