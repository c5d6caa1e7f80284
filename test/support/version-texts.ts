import fc from "fast-check";

const number = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("0", "0", "1", "1", "2", "3", "10") },
  { weight: 1, arbitrary: fc.constantFrom("00", "01", "2147483648", "4294967296", "20230101000000") },
  {
    weight: 1,
    arbitrary: fc.constantFrom("9007199254740991", "9007199254740992", "9007199254740993", "1".repeat(40)),
  },
);
const optional = (missing: number, arbitrary: fc.Arbitrary<string>) =>
  fc.oneof({ weight: missing, arbitrary: fc.constant("") }, { weight: 1, arbitrary });
const separator = fc.constantFrom("", "", ".", "-", "_");
const suffix = (...words: string[]) =>
  fc
    .tuple(separator, fc.constantFrom(...words), separator, fc.oneof(fc.constant(""), number))
    .map((parts) => parts.join(""));

const release = fc.array(number, { minLength: 1, maxLength: 4 }).map((numbers) => numbers.join("."));
const parts = {
  epoch: optional(
    3,
    number.map((digits) => `${digits}!`),
  ),
  pre: optional(1, suffix("a", "b", "c", "rc", "alpha", "beta", "pre", "preview", "RC", "Alpha")),
  post: optional(
    1,
    fc.oneof(
      suffix("post", "rev", "r", "POST"),
      number.map((digits) => `-${digits}`),
    ),
  ),
  dev: optional(1, suffix("dev", "DEV")),
  local: optional(
    2,
    fc
      .array(fc.constantFrom("1", "2", "10", "abc", "ABC", "ubuntu", "1a", "a1", "0", "00", "1".repeat(20)), {
        minLength: 1,
        maxLength: 3,
      })
      .chain((all) => fc.constantFrom(".", "-", "_").map((between) => `+${all.join(between)}`)),
  ),
};

/** Versions in every spelling that PEP 440 allows. */
export const versionTexts: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom("", "", "", "v", "V"),
    parts.epoch,
    release,
    parts.pre,
    parts.post,
    parts.dev,
    parts.local,
  )
  .map((all) => all.join(""));

/** Versions without a local version, which may follow any operator. */
export const publicVersionTexts: fc.Arbitrary<string> = fc
  .tuple(parts.epoch, release, parts.pre, parts.post, parts.dev)
  .map((all) => all.join(""));

export const releaseTexts: fc.Arbitrary<string> = fc.tuple(parts.epoch, release).map((all) => all.join(""));

/** Versions close to each other, so that tests reach the boundaries between them. */
export const neighbouringVersionTexts: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom("", "", "", "", "1!"),
    fc.constantFrom("0", "1", "1.0", "1.0.0", "1.1", "2", "2.0", "1.0.1"),
    fc.constantFrom("", "", "a0", "a1", "b1", "rc1"),
    fc.constantFrom("", "", ".post0", ".post1", ".post2"),
    fc.constantFrom("", "", "", ".dev0", ".dev1"),
    fc.constantFrom("", "", "", "+a", "+a.1", "+1", "+2"),
  )
  .map((all) => all.join(""));

/** Texts with one character inserted or replaced, so that most are no longer valid. */
export function corrupted(texts: fc.Arbitrary<string>, by: string): fc.Arbitrary<string> {
  return fc
    .tuple(texts, fc.nat(), fc.constantFrom(...by.split(""), ""), fc.boolean())
    .map(([text, seed, character, replace]) => {
      const index = seed % (text.length + 1);
      return text.slice(0, index) + character + text.slice(replace ? index + 1 : index);
    });
}
