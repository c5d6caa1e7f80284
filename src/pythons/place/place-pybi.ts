import { PosyError } from "../../errors/posy-error.ts";
export async function placePybi(filename: string, _archivePath: string, _into: string): Promise<void> {
  throw new PosyError("invalid-pybi", `\`${filename}\` can't be unpacked yet`);
}
