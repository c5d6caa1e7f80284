import type { VersionSet } from "./version-set.ts";

/**
 * A version set over a fixed list of versions: bit `i` is version `i` of the list. Only sets of the same length may be
 * combined. A set of ten versions takes one 32-bit word, a set of a thousand takes 32.
 */
export class BitSet implements VersionSet<BitSet> {
  private readonly words: Uint32Array;

  private constructor(words: Uint32Array) {
    this.words = words;
  }

  static empty(length: number): BitSet {
    return new BitSet(new Uint32Array((length + 31) >>> 5));
  }

  static full(length: number): BitSet {
    return BitSet.range(length, 0, length);
  }

  static single(length: number, index: number): BitSet {
    const set = BitSet.empty(length);
    set.add(index);
    return set;
  }

  /** The indexes from `from` (inclusive) to `to` (exclusive). */
  static range(length: number, from: number, to: number): BitSet {
    const set = BitSet.empty(length);
    if (from >= to) return set;
    const { words } = set;
    const [first, last] = [from >>> 5, (to - 1) >>> 5];
    words.fill(0xffffffff, first, last + 1);
    words[first] = (words[first] as number) & (0xffffffff << (from & 31));
    words[last] = (words[last] as number) & (0xffffffff >>> (31 - ((to - 1) & 31)));
    return set;
  }

  static where(length: number, holds: (index: number) => boolean): BitSet {
    const set = BitSet.empty(length);
    for (let index = 0; index < length; index++) if (holds(index)) set.add(index);
    return set;
  }

  private add(index: number): void {
    const word = index >>> 5;
    this.words[word] = (this.words[word] as number) | (1 << (index & 31));
  }

  has(index: number): boolean {
    return ((this.words[index >>> 5] ?? 0) & (1 << (index & 31))) !== 0;
  }

  /** The members in ascending order. */
  *members(): Generator<number> {
    for (let index = 0; index < this.words.length; index++) {
      for (let word = this.words[index] as number; word !== 0; word = (word & (word - 1)) >>> 0) {
        yield index * 32 + 31 - Math.clz32(word & -word);
      }
    }
  }

  /** The least member, or -1. */
  first(): number {
    const index = this.words.findIndex((word) => word !== 0);
    if (index < 0) return -1;
    const word = this.words[index] as number;
    return index * 32 + 31 - Math.clz32(word & -word);
  }

  /** The greatest member, or -1. */
  last(): number {
    const index = this.words.findLastIndex((word) => word !== 0);
    return index < 0 ? -1 : index * 32 + 31 - Math.clz32(this.words[index] as number);
  }

  isEmpty(): boolean {
    return this.words.every((word) => word === 0);
  }

  equals(other: BitSet): boolean {
    return this.words.every((word, index) => word === other.words[index]);
  }

  isSubsetOf(other: BitSet): boolean {
    return this.words.every((word, index) => (word & ~(other.words[index] as number)) === 0);
  }

  isDisjointFrom(other: BitSet): boolean {
    return this.words.every((word, index) => (word & (other.words[index] as number)) === 0);
  }

  intersection(other: BitSet): BitSet {
    return new BitSet(this.words.map((word, index) => word & (other.words[index] as number)));
  }

  union(other: BitSet): BitSet {
    return new BitSet(this.words.map((word, index) => word | (other.words[index] as number)));
  }

  difference(other: BitSet): BitSet {
    return new BitSet(this.words.map((word, index) => word & ~(other.words[index] as number)));
  }
}
