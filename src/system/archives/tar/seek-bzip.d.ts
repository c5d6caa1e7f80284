declare module "seek-bzip" {
  interface Input {
    /** The next byte. */
    readByte(): number;
    /** Fills a part of a buffer; how much it could. */
    read(buffer: Uint8Array, offset: number, length: number): number;
  }
  interface Output {
    writeByte(byte: number): void;
  }
  const Bunzip: { decode(input: Input, output: Output): void };
  export default Bunzip;
}
