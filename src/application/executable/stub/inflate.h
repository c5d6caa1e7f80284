/*
 * Deflate (RFC 1951) from memory to memory. The output has a known size. All reads and writes are checked, so damaged
 * data are an error and nothing else.
 */
#include "system.h"

/* The bits that select an entry of the first table. Longer codes have a second table behind it. */
#define LITERAL_BITS 10
#define DISTANCE_BITS 8
/*
 * At most 286 symbols have codes, and a second table belongs to two of them at least. It has at most 2^(15-10)
 * entries.
 */
#define LITERAL_ENTRIES ((1 << LITERAL_BITS) + 143 * 32)
/* Of distances: at most 30 symbols, and second tables of at most 2^(15-8) entries. */
#define DISTANCE_ENTRIES ((1 << DISTANCE_BITS) + 15 * 128)

/*
 * The entry of a code: `bits` is its length, or 0 if there is no such code. For a second table, `value` is its start.
 */
typedef struct {
  uint16_t value;
  uint8_t bits;
  uint8_t second;
} Entry;

typedef struct {
  const uint8_t *from, *from_end;
  uint8_t *to, *to_start, *to_end;
  uint64_t held;
  unsigned held_bits;
  Entry literals[LITERAL_ENTRIES];
  Entry distances[DISTANCE_ENTRIES];
} Inflate;

/* Behind the end of the data are zeros. A stream that needs them is too short: `ended_early` tells. */
static inline void refill(Inflate *it) {
  if (it->from_end - it->from >= 8) {
    uint64_t next = 0;
    for (int i = 0; i < 8; i++) next |= (uint64_t)it->from[i] << (8 * i);
    it->held |= next << it->held_bits;
    it->from += (63 - it->held_bits) >> 3;
    it->held_bits |= 56;
  } else {
    while (it->held_bits <= 56) {
      if (it->from < it->from_end) it->held |= (uint64_t)*it->from << it->held_bits;
      it->from++;
      it->held_bits += 8;
    }
  }
}

static inline int ended_early(const Inflate *it) {
  return it->from > it->from_end && (unsigned long)(it->from - it->from_end) * 8 > it->held_bits;
}

static inline unsigned take(Inflate *it, unsigned count) {
  unsigned value = (unsigned)(it->held & ((1ull << count) - 1));
  it->held >>= count;
  it->held_bits -= count;
  return value;
}

/* Makes the table of a code from the lengths of its symbols. Returns 0 if there is no such code. */
static int make_table(Entry *table, unsigned room, unsigned bits, const uint8_t *lengths, unsigned symbols) {
  unsigned count[16] = {0}, next[16], longest = 0, code = 0, used = 1u << bits;
  int left = 1;
  for (unsigned i = 0; i < symbols; i++) count[lengths[i]]++;
  for (unsigned length = 1; length <= 15; length++) {
    left = left * 2 - (int)count[length];
    if (left < 0) return 0;
    if (count[length] > 0) longest = length;
  }
  /* A code with gaps is allowed if it has one symbol or none (RFC 1951, section 3.2.7). */
  if (left > 0 && count[0] + 1 < symbols) return 0;
  count[0] = 0;
  for (unsigned length = 1; length <= 15; length++) {
    code = (code + count[length - 1]) << 1;
    next[length] = code;
  }
  memset(table, 0, room * sizeof *table);
  for (unsigned symbol = 0; symbol < symbols; symbol++) {
    unsigned length = lengths[symbol], reversed = 0;
    if (length == 0) continue;
    code = next[length]++;
    for (unsigned i = 0; i < length; i++) reversed |= ((code >> i) & 1) << (length - 1 - i);
    Entry entry = {(uint16_t)symbol, (uint8_t)length, 0};
    if (length <= bits) {
      for (unsigned i = reversed; i < 1u << bits; i += 1u << length) table[i] = entry;
      continue;
    }
    unsigned more = longest - bits, first = reversed & ((1u << bits) - 1);
    if (table[first].second == 0) {
      if (used + (1u << more) > room) return 0;
      table[first].value = (uint16_t)used;
      table[first].second = (uint8_t)more;
      used += 1u << more;
    }
    Entry *second = table + table[first].value;
    for (unsigned i = reversed >> bits; i < 1u << more; i += 1u << (length - bits)) second[i] = entry;
  }
  return 1;
}

/* Returns the next symbol of a code, or 65535 if the bits are no code. */
static inline unsigned symbol_of(Inflate *it, const Entry *table, unsigned bits) {
  Entry entry = table[it->held & ((1u << bits) - 1)];
  if (entry.second != 0) entry = table[entry.value + ((it->held >> bits) & ((1u << entry.second) - 1))];
  if (entry.bits == 0) return 65535;
  it->held >>= entry.bits;
  it->held_bits -= entry.bits;
  return entry.value;
}

static int read_codes(Inflate *it) {
  static const uint8_t order[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
  uint8_t lengths[320] = {0}, meta[19] = {0};
  refill(it);
  unsigned literals = take(it, 5) + 257, distances = take(it, 5) + 1, metas = take(it, 4) + 4, at = 0;
  if (literals > 286 || distances > 30) return 0;
  for (unsigned i = 0; i < metas; i++) {
    refill(it);
    meta[order[i]] = (uint8_t)take(it, 3);
  }
  if (!make_table(it->distances, DISTANCE_ENTRIES, 7, meta, 19)) return 0;
  while (at < literals + distances) {
    refill(it);
    unsigned symbol = symbol_of(it, it->distances, 7), repeat = 1, length = symbol;
    if (symbol == 65535 || ended_early(it)) return 0;
    if (symbol == 16) {
      if (at == 0) return 0;
      length = lengths[at - 1];
      repeat = 3 + take(it, 2);
    } else if (symbol == 17) {
      length = 0;
      repeat = 3 + take(it, 3);
    } else if (symbol == 18) {
      length = 0;
      repeat = 11 + take(it, 7);
    }
    if (at + repeat > literals + distances) return 0;
    while (repeat-- > 0) lengths[at++] = (uint8_t)length;
  }
  if (lengths[256] == 0) return 0;
  return make_table(it->literals, LITERAL_ENTRIES, LITERAL_BITS, lengths, literals) &&
         make_table(it->distances, DISTANCE_ENTRIES, DISTANCE_BITS, lengths + literals, distances);
}

static int fixed_codes(Inflate *it) {
  uint8_t lengths[288];
  for (int i = 0; i < 288; i++) lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
  int made = make_table(it->literals, LITERAL_ENTRIES, LITERAL_BITS, lengths, 288);
  memset(lengths, 5, 32);
  return made && make_table(it->distances, DISTANCE_ENTRIES, DISTANCE_BITS, lengths, 32);
}

static int copy_symbols(Inflate *it) {
  static const uint16_t length_base[29] = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                           31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
  static const uint8_t length_more[29] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                          2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
  static const uint16_t distance_base[30] = {1,   2,   3,   4,   5,   7,    9,    13,   17,   25,
                                             33,  49,  65,  97,  129, 193,  257,  385,  513,  769,
                                             1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
  for (;;) {
    refill(it);
    unsigned symbol = symbol_of(it, it->literals, LITERAL_BITS);
    /* There are 56 bits. A copy needs 48 (15 + 5 + 15 + 13), so a literal before it makes a refill necessary. */
    if (symbol < 256) {
      if (it->to == it->to_end) return 0;
      *it->to++ = (uint8_t)symbol;
      symbol = symbol_of(it, it->literals, LITERAL_BITS);
      if (symbol < 256) {
        if (it->to == it->to_end) return 0;
        *it->to++ = (uint8_t)symbol;
        continue;
      }
      refill(it);
    }
    if (symbol == 256) return !ended_early(it);
    if (symbol > 285) return 0;
    unsigned length = length_base[symbol - 257] + take(it, length_more[symbol - 257]);
    unsigned code = symbol_of(it, it->distances, DISTANCE_BITS);
    if (code > 29) return 0;
    unsigned distance = distance_base[code] + take(it, code < 2 ? 0 : (code >> 1) - 1);
    if (distance > (size_t)(it->to - it->to_start) || length > (size_t)(it->to_end - it->to)) return 0;
    const uint8_t *from = it->to - distance;
    uint8_t *to = it->to;
    it->to += length;
    if (distance >= 8 && it->to_end - it->to >= 8) {
      /* The last eight bytes may be too many. What follows is written later. */
      for (; to < it->to; to += 8, from += 8) memcpy(to, from, 8);
    } else {
      while (to < it->to) *to++ = *from++;
    }
    if (ended_early(it)) return 0;
  }
}

static int copy_stored(Inflate *it) {
  take(it, it->held_bits & 7);
  /* Whole bytes that were read ahead go back. */
  it->from -= it->held_bits / 8;
  it->held = 0;
  it->held_bits = 0;
  if (it->from > it->from_end || it->from_end - it->from < 4) return 0;
  unsigned length = it->from[0] | it->from[1] << 8, check = it->from[2] | it->from[3] << 8;
  it->from += 4;
  if ((length ^ check) != 0xffff) return 0;
  if (length > (size_t)(it->from_end - it->from) || length > (size_t)(it->to_end - it->to)) return 0;
  memcpy(it->to, it->from, length);
  it->from += length;
  it->to += length;
  return 1;
}

/* Returns whether `from` was a whole stream whose content has exactly `room` bytes. They are at `to`. */
static int inflate(Inflate *it, const uint8_t *from, size_t size, uint8_t *to, size_t room) {
  unsigned last;
  it->from = from;
  it->from_end = from + size;
  it->to = it->to_start = to;
  it->to_end = to + room;
  it->held = 0;
  it->held_bits = 0;
  do {
    refill(it);
    last = take(it, 1);
    unsigned kind = take(it, 2);
    int good = kind == 0   ? copy_stored(it)
               : kind == 1 ? fixed_codes(it) && copy_symbols(it)
               : kind == 2 ? read_codes(it) && copy_symbols(it)
                           : 0;
    if (!good || ended_early(it)) return 0;
  } while (!last);
  return it->to == it->to_end;
}
