import type { VersionSet } from "./version-set.ts";

/**
 * A version set over a fixed list of versions: bit `i` is version `i` of the list. Only sets of the same length may be
 * combined. A set of ten versions takes one 32-bit word, a set of a thousand takes 32.
 */
export class BitSet implements VersionSet<BitSet> {
  private readonly words: Uint32Array;
  private readHash: number | undefined;

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

  // The methods below are loops, because the solver spends much of its time here: the methods of arrays that call a
  // function for each word are several times slower.

  /** The least member, or -1. */
  first(): number {
    const { words } = this;
    for (let index = 0; index < words.length; index++) {
      const word = words[index] as number;
      if (word !== 0) return index * 32 + 31 - Math.clz32(word & -word);
    }
    return -1;
  }

  /** The greatest member, or -1. */
  last(): number {
    const { words } = this;
    for (let index = words.length - 1; index >= 0; index--) {
      const word = words[index] as number;
      if (word !== 0) return index * 32 + 31 - Math.clz32(word);
    }
    return -1;
  }

  isEmpty(): boolean {
    return this.first() < 0;
  }

  /** FNV-1a over words. The shift lets the high bits of a word change the low bits of the hash. */
  get hash(): number {
    if (this.readHash !== undefined) return this.readHash;
    let hash = 0x811c9dc5;
    for (const word of this.words) {
      hash = Math.imul(hash ^ word, 0x01000193);
      hash ^= hash >>> 15;
    }
    return (this.readHash = hash);
  }

  equals(other: BitSet): boolean {
    const { words } = this;
    for (let index = 0; index < words.length; index++) if (words[index] !== other.words[index]) return false;
    return true;
  }

  isSubsetOf(other: BitSet): boolean {
    const { words } = this;
    for (let index = 0; index < words.length; index++)
      if (((words[index] as number) & ~(other.words[index] as number)) !== 0) return false;
    return true;
  }

  isDisjointFrom(other: BitSet): boolean {
    const { words } = this;
    for (let index = 0; index < words.length; index++)
      if (((words[index] as number) & (other.words[index] as number)) !== 0) return false;
    return true;
  }

  intersection(other: BitSet): BitSet {
    const words = this.words.slice();
    for (let index = 0; index < words.length; index++)
      words[index] = (words[index] as number) & (other.words[index] as number);
    return new BitSet(words);
  }

  union(other: BitSet): BitSet {
    const words = this.words.slice();
    for (let index = 0; index < words.length; index++)
      words[index] = (words[index] as number) | (other.words[index] as number);
    return new BitSet(words);
  }

  difference(other: BitSet): BitSet {
    const words = this.words.slice();
    for (let index = 0; index < words.length; index++)
      words[index] = (words[index] as number) & ~(other.words[index] as number);
    return new BitSet(words);
  }
}
