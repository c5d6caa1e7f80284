declare module "seek-bzip" {
  interface Input {
    /** Returns the next byte. */
    readByte(): number;
    /** Fills a part of a buffer. Returns the number of bytes that it wrote. */
    read(buffer: Uint8Array, offset: number, length: number): number;
  }
  interface Output {
    writeByte(byte: number): void;
  }
  const Bunzip: { decode(input: Input, output: Output): void };
  export default Bunzip;
}
