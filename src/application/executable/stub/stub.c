/*
 * The program in front of an application that Posy exports as one file (`posy export --app`). The payload behind it
 * has the interpreter, the packages and the launchers. On the first start, this program unpacks them into the user's
 * cache. Then it starts the application. write-payload.ts writes the payload.
 *
 * The payload, with little-endian numbers:
 *
 *     packs    compressed: the contents of all files, one after the other, cut into packs of 4 MiB
 *     header   "posyapp1", u32 size of the header, u32 size of the index, u32 its size compressed, u32 size of the
 *              description, u64 size of all packs, SHA-256 of the compressed index, u16 number of texts; the texts,
 *              each with a zero at its end: name, platform, interpreter, and the words of the command. A word that
 *              begins with `/` is a path in the application.
 *     index    compressed; u32 number of packs, u32 number of entries; the description, a text;
 *              for each pack: u64 offset in the packs, u32 size compressed, u32 size, SHA-256 of the compressed bytes;
 *              for each entry: u8 kind (0 file, 1 executable file, 2 symbolic link), u64 size, u16 length of its path,
 *              u16 length of its target, and both, each with a zero at its end. Entries are sorted by their paths.
 *
 * Compressed is by deflate. Bytes that do not become fewer are stored as they are: both sizes are equal then.
 *
 * Posy writes into `location` where the header is. So it is found whatever a signature adds at the end of the file.
 *
 * An unpacked application is the folder CACHE/NAME/KEY, where KEY is the hash of the header. The header has the hash of
 * the index, which has the hashes of the packs: another content has another key. It is unpacked to a folder beside and
 * renamed, so it is there completely or not at all. Only the process with CACHE/NAME/lock unpacks. A folder that a
 * killed process left there is removed by the next one that unpacks, as are older versions that nobody uses.
 */
#include "system.h"

#ifdef _WIN32
#include "windows-system.h"
#else
#include "posix-system.h"
#endif
#include "inflate.h"
#include "sha256.h"

#define MAX_PACK (4u << 20)
#define MAX_HEADER (64u << 10)
#define MAX_INDEX (512u << 20)
#define MAX_COUNT (16u << 20)
#define MAX_WORDS 64

/* Posy finds this by its first bytes, and writes the other fields. */
static const volatile struct {
  char mark[16];
  uint64_t offset;
  uint64_t header_size;
  uint8_t header_hash[32];
} location __attribute__((used)) = {"\177posy-payload-1", 0, 0, {0}};

#ifdef __APPLE__
/* The payload is the content of this segment, so that the signature covers it. Posy makes it as large as needed. */
__attribute__((used, section("__POSY,__payload"))) static const char payload[16] = "payload";
#endif

typedef struct {
  const char *path, *target;
  uint64_t start, size;
  int kind;
} IndexEntry;

typedef struct {
  const char *name, *platform, *python;
  /* The interpreter and its arguments; a path in the application has a `/` before it. */
  const char *words[MAX_WORDS];
  unsigned word_count;
  uint64_t offset, size;
  uint32_t index_size, index_packed, description_size, header_size;
  uint8_t index_hash[32];
  char key[33];
  /* From the index. */
  const char *description;
  const uint8_t *packs;
  uint32_t pack_count, entry_count;
  IndexEntry *entries;
} Application;

static uint32_t u16_at(const uint8_t *at) { return (uint32_t)at[0] | (uint32_t)at[1] << 8; }
static uint32_t u32_at(const uint8_t *at) { return u16_at(at) | u16_at(at + 2) << 16; }
static uint64_t u64_at(const uint8_t *at) { return u32_at(at) | (uint64_t)u32_at(at + 4) << 32; }

/* Returns the texts one after the other. The last one is NULL. */
static char *join(const char *const *texts) {
  size_t size = 1;
  for (int i = 0; texts[i] != NULL; i++) size += strlen(texts[i]);
  char *joined = allocate(size), *to = joined;
  for (int i = 0; texts[i] != NULL; i++) {
    size_t length = strlen(texts[i]);
    memcpy(to, texts[i], length);
    to += length;
  }
  *to = 0;
  return joined;
}
#define JOIN(...) join((const char *const[]){__VA_ARGS__, NULL})

static void fail(int status, const char *message, const char *hint) {
  report(JOIN("error: ", message, "\nhint: ", hint, "\n"));
  leave(status);
}

static void fail_damaged(const char *what) {
  fail(STATUS_DAMAGED, JOIN("this file of an application is damaged: ", what), "get the file again");
}

static const char *decimal(uint64_t number) {
  char *digits = allocate(24), *at = digits + 23;
  do *--at = (char)('0' + number % 10);
  while ((number /= 10) > 0);
  return at;
}

/* Returns the bytes of a compressed part, which has this hash, or NULL. */
static int unpack_part(Inflate *inflater, const uint8_t *packed, uint32_t packed_size, uint8_t *to, uint32_t size,
                       const uint8_t *hash) {
  uint8_t actual[32];
  sha256(packed, packed_size, actual);
  if (memcmp(actual, hash, 32) != 0) return 0;
  if (packed_size == size) {
    memcpy(to, packed, size);
    return 1;
  }
  return inflate(inflater, packed, packed_size, to, size);
}

static void read_header(Application *app) {
  uint64_t file_size = open_self();
  if (file_size == 0)
    fail(STATUS_FILES, JOIN("this program can't read its own file: ", last_failure()), "check its permissions");
  app->offset = location.offset;
  app->header_size = (uint32_t)location.header_size;
  if (app->offset == 0) fail(2, "this is a part of Posy and no application", "`posy export --app` makes applications");
  uint8_t hash[32], expected[32];
  if (location.header_size < 70 || location.header_size > MAX_HEADER || app->offset > file_size)
    fail_damaged("it is too short");
  uint8_t *header = allocate(app->header_size + 1);
  if (!read_self(app->offset, header, app->header_size)) fail_damaged("it is too short");
  for (int i = 0; i < 32; i++) expected[i] = location.header_hash[i];
  sha256(header, app->header_size, hash);
  if (memcmp(hash, expected, 32) != 0) fail_damaged("its header has another hash");
  for (int i = 0; i < 16; i++) {
    app->key[i * 2] = "0123456789abcdef"[hash[i] >> 4];
    app->key[i * 2 + 1] = "0123456789abcdef"[hash[i] & 15];
  }
  /* 16 digits are enough to tell versions apart, and paths on Windows are limited. */
  app->key[16] = 0;
  if (memcmp(header, "posyapp1", 8) != 0 || u32_at(header + 8) != app->header_size)
    fail_damaged("its header is malformed");
  app->index_size = u32_at(header + 12);
  app->index_packed = u32_at(header + 16);
  app->description_size = u32_at(header + 20);
  app->size = u64_at(header + 24);
  memcpy(app->index_hash, header + 32, 32);
  unsigned count = u16_at(header + 64);
  if (count < 4 || count > MAX_WORDS || app->index_size > MAX_INDEX || app->index_packed > MAX_INDEX ||
      app->description_size > app->index_size)
    fail_damaged("its header is malformed");
  if (app->size > app->offset || app->index_packed > file_size - app->offset - app->header_size)
    fail_damaged("it is too short");
  const char *at = (const char *)header + 66, *end = (const char *)header + app->header_size;
  const char *texts[MAX_WORDS];
  for (unsigned i = 0; i < count; i++) {
    if (at >= end) fail_damaged("its header is malformed");
    texts[i] = at;
    /* Behind the header is a zero. */
    at += strlen(at) + 1;
  }
  app->name = texts[0];
  app->platform = texts[1];
  app->python = texts[2];
  for (unsigned i = 3; i < count; i++) app->words[app->word_count++] = texts[i];
}

/* Whether a path is relative, stays inside its folder and is written in only one way. */
static int is_plain_path(const char *path) {
  size_t part = 0;
  for (const char *at = path;; at++) {
    if (*at == '/' || *at == 0) {
      const char *start = at - part;
      if (part == 0 || (part == 1 && start[0] == '.') || (part == 2 && start[0] == '.' && start[1] == '.')) return 0;
      part = 0;
      if (*at == 0) return 1;
      continue;
    }
#ifdef _WIN32
    if (*at == '\\' || *at == ':') return 0;
#endif
    part++;
  }
}

/* Whether the target of a link, relative to the folder of the link, is inside the application. */
static int stays_inside(const char *path, const char *target) {
  int depth = 0;
  for (; *path != 0; path++) depth += *path == '/';
  if (*target == '/' || *target == 0) return 0;
  while (*target != 0) {
    size_t length = 0;
    while (target[length] != 0 && target[length] != '/') length++;
    if (length == 2 && target[0] == '.' && target[1] == '.') depth--;
    else if (length > 0 && !(length == 1 && target[0] == '.')) depth++;
    if (depth < 0) return 0;
    target += length;
    while (*target == '/') target++;
  }
  return 1;
}

static void read_index(Application *app) {
  uint8_t *packed = allocate(app->index_packed), *index = allocate((size_t)app->index_size + 1);
  if (!read_self(app->offset + app->header_size, packed, app->index_packed)) fail_damaged("it is too short");
  if (!unpack_part(allocate(sizeof(Inflate)), packed, app->index_packed, index, app->index_size, app->index_hash))
    fail_damaged("its index has another hash");
  const uint8_t *end = index + app->index_size, *at = index + 8;
  if (app->index_size < 8) fail_damaged("its index is malformed");
  app->pack_count = u32_at(index);
  app->entry_count = u32_at(index + 4);
  if (app->pack_count > MAX_COUNT || app->entry_count > MAX_COUNT ||
      (uint64_t)app->description_size + app->pack_count * 48ull + app->entry_count * 15ull > (uint64_t)(end - at))
    fail_damaged("its index is malformed");
  char *description = allocate(app->description_size + 1);
  memcpy(description, at, app->description_size);
  app->description = description;
  at += app->description_size;
  app->packs = at;
  uint64_t total = 0, start = 0;
  for (uint32_t i = 0; i < app->pack_count; i++, at += 48) {
    uint64_t offset = u64_at(at), packed_size = u32_at(at + 8), size = u32_at(at + 12);
    /* All but the last one are full, so that the pack with a byte is found by division. */
    if (size > MAX_PACK || packed_size > MAX_PACK || (i + 1 < app->pack_count && size != MAX_PACK) ||
        offset > app->size || packed_size > app->size - offset)
      fail_damaged("its index is malformed");
    total += size;
  }
  app->entries = allocate((app->entry_count + 1) * sizeof(IndexEntry));
  for (uint32_t i = 0; i < app->entry_count; i++) {
    IndexEntry *entry = &app->entries[i];
    if (end - at < 15) fail_damaged("its index is malformed");
    entry->kind = at[0];
    entry->size = u64_at(at + 1);
    entry->start = start;
    uint32_t length = u16_at(at + 9), target_length = u16_at(at + 11);
    at += 13;
    if ((size_t)(end - at) < (size_t)length + target_length + 2) fail_damaged("its index is malformed");
    entry->path = (const char *)at;
    entry->target = (const char *)at + length + 1;
    at += length + target_length + 2;
    if (strlen(entry->path) != length || strlen(entry->target) != target_length || entry->kind > 2 ||
        !is_plain_path(entry->path) || entry->size > total - start)
      fail_damaged("its index is malformed");
    if (entry->kind == 2 && (entry->size != 0 || !stays_inside(entry->path, entry->target)))
      fail_damaged("a link points out of the application");
    start += entry->size;
  }
  if (start != total) fail_damaged("its index is malformed");
}

/* The state of the threads that unpack. */
typedef struct {
  const Application *app;
  const char *folder;
  uint32_t next;
  int failed, damaged;
  unsigned long failure;
} Unpacking;

static char *path_in(const char *folder, const char *path) { return JOIN(folder, "/", path); }

/* Writes the files, or the parts of files, whose content is in this pack. */
static int write_pack(const Unpacking *it, uint64_t pack_start, const uint8_t *content, uint32_t size, char *path,
                      size_t folder_length) {
  const Application *app = it->app;
  uint32_t low = 0, high = app->entry_count;
  /* Finds the first entry that ends behind the start of the pack. Empty files belong to the pack of their offset. */
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    const IndexEntry *entry = &app->entries[middle];
    if (entry->start + entry->size < pack_start ||
        (entry->start + entry->size == pack_start && entry->size > 0))
      low = middle + 1;
    else high = middle;
  }
  uint64_t pack_end = pack_start + size;
  int is_last = pack_end == app->entries[app->entry_count - 1].start + app->entries[app->entry_count - 1].size;
  for (; low < app->entry_count; low++) {
    const IndexEntry *entry = &app->entries[low];
    if (entry->start > pack_end || (entry->start == pack_end && !is_last)) return 1;
    if (entry->kind == 2) continue;
    uint64_t from = entry->start < pack_start ? pack_start : entry->start;
    uint64_t to = entry->start + entry->size > pack_end ? pack_end : entry->start + entry->size;
    memcpy(path + folder_length, entry->path, strlen(entry->path) + 1);
    if (!write_file(path, from - entry->start, content + (from - pack_start), (size_t)(to - from), entry->kind == 1))
      return 0;
  }
  return 1;
}

static void unpack_packs(void *data) {
  Unpacking *it = data;
  const Application *app = it->app;
  uint8_t *packed = allocate(MAX_PACK), *content = allocate(MAX_PACK);
  Inflate *inflater = allocate(sizeof *inflater);
  size_t folder_length = strlen(it->folder) + 1;
  char *path = allocate(folder_length + 65536 + 1);
  memcpy(path, it->folder, folder_length);
  path[folder_length - 1] = '/';
  for (;;) {
    uint32_t number = __atomic_fetch_add(&it->next, 1, __ATOMIC_RELAXED);
    if (number >= app->pack_count || __atomic_load_n(&it->failed, __ATOMIC_RELAXED)) break;
    const uint8_t *pack = app->packs + number * 48ull;
    uint32_t packed_size = u32_at(pack + 8), size = u32_at(pack + 12);
    int damaged = !read_self(app->offset - app->size + u64_at(pack), packed, packed_size) ||
                  !unpack_part(inflater, packed, packed_size, content, size, pack + 16);
    if (damaged || !write_pack(it, (uint64_t)number * MAX_PACK, content, size, path, folder_length)) {
      unsigned long number_of_failure = failure_number();
      if (!__atomic_exchange_n(&it->failed, 1, __ATOMIC_SEQ_CST)) {
        it->damaged = damaged;
        it->failure = number_of_failure;
      }
      break;
    }
  }
}

/* Makes the folders of all entries. Entries are sorted, so most have the folder of the entry before. */
static int make_all_folders(const Application *app, const char *folder) {
  const char *before = "";
  size_t before_length = 0;
  for (uint32_t i = 0; i < app->entry_count; i++) {
    const char *path = app->entries[i].path;
    size_t length = strlen(path), same = 0;
    while (length > 0 && path[length - 1] != '/') length--;
    if (length == 0 || (length <= before_length && memcmp(path, before, length) == 0)) continue;
    for (size_t at = 0; at < length && at < before_length && path[at] == before[at]; at++)
      if (path[at] == '/') same = at + 1;
    char *made = path_in(folder, path);
    size_t start = strlen(folder) + 1;
    for (size_t at = same; at < length; at++) {
      if (path[at] != '/') continue;
      made[start + at] = 0;
      /* Folders of the order `a`, `a-b`, `a/c` come twice. */
      make_folder(made);
      made[start + at] = '/';
    }
    before = path;
    before_length = length;
  }
  return 1;
}

/* Fills an empty folder with the application. Returns 0 if a file can't be written. */
static int fill(const Application *app, const char *folder) {
  Unpacking it = {app, folder, 0, 0, 0, 0};
  make_all_folders(app, folder);
  run_threads(unpack_packs, &it, app->pack_count);
  if (it.failed && it.damaged) {
    remove_tree(folder);
    fail_damaged("a part of its content has another hash");
  }
  if (it.failed) {
    set_failure(it.failure);
    return 0;
  }
  /* Links come last, so that no file is written through one. */
  for (uint32_t i = 0; i < app->entry_count; i++) {
    const IndexEntry *entry = &app->entries[i];
    if (entry->kind == 2 && !make_link(path_in(folder, entry->path), entry->target)) return 0;
  }
  return 1;
}

typedef struct {
  const char *folder, *key, *python;
  int temporary_only;
} Cleaning;

static int is_temporary(const char *name) {
  return name[0] == 't' && name[1] == 'm' && name[2] == 'p' && name[3] == '-';
}

/* Removes an entry of the folder of all versions: what a killed process left, or a version that nobody uses. */
static void clean(const char *name, void *data) {
  const Cleaning *it = data;
  char *path = path_in(it->folder, name);
  if (is_temporary(name)) {
    remove_tree(path);
    return;
  }
  if (it->temporary_only || strcmp(name, it->key) == 0 || strlen(name) != 16) return;
  if (!is_unused(path, path_in(path, it->python))) return;
  char *away = JOIN(it->folder, "/tmp-", name);
  if (rename_folder(path, away)) remove_tree(away);
  release();
}

static void fail_unpack(const Application *app, const char *folder) {
  const char *reason = last_failure();
  fail(STATUS_FILES, JOIN("`", app->name, "` can't be unpacked to `", folder, "`: ", reason),
       is_full() ? "make room on this disk, or set POSY_APP_CACHE to a folder on another one"
                 : "set POSY_APP_CACHE to a folder that you can write");
}

/* Unpacks the application below `cache`, unless it is there. Returns 0 if the folder of the cache can't be written. */
static int unpack(Application *app, const char *cache, const char *folder) {
  char *versions = path_in(cache, app->name), *temporary = JOIN(versions, "/tmp-new-", app->key);
  char *python = path_in(folder, app->python);
  Cleaning cleaning = {versions, app->key, app->python, 1};
  if (!make_folders(versions)) return 0;
  if (!is_private(versions)) return 0;
  if (!lock(path_in(versions, "lock"))) return 0;
  if (hold(folder, python)) {
    unlock();
    return 1;
  }
  for_entries(versions, clean, &cleaning);
  if (app->entries == NULL) read_index(app);
  if (!make_folder(temporary)) {
    unlock();
    return 0;
  }
  /* A folder without its interpreter is there if someone removed files from the cache. */
  int moved = 0;
  if (!fill(app, temporary) ||
      !((moved = rename_folder(temporary, folder)) ||
        (rename_folder(folder, JOIN(versions, "/tmp-broken")) && (moved = rename_folder(temporary, folder))))) {
    unsigned long failure = failure_number();
    remove_tree(temporary);
    unlock();
    set_failure(failure);
    fail_unpack(app, folder);
  }
  int held = hold(folder, python);
  cleaning.temporary_only = 0;
  for_entries(versions, clean, &cleaning);
  unlock();
  if (!held)
    fail(STATUS_DAMAGED, JOIN("`", folder, "` was unpacked, but its Python is not there"), "get the file again");
  return 1;
}

static void show_contents(Application *app, const char *folder) {
  read_index(app);
  print(JOIN(app->description, "unpacked to: ", folder, "\n\n"));
  for (uint32_t i = 0; i < app->entry_count; i++) {
    const IndexEntry *entry = &app->entries[i];
    if (entry->kind == 2) print(JOIN(entry->path, " -> ", entry->target, "\n"));
    else print(JOIN(entry->path, " ", decimal(entry->size), "\n"));
  }
  leave(0);
}

static void run(const Application *app, const char *folder) {
  const char *words[MAX_WORDS];
  for (unsigned i = 0; i < app->word_count; i++)
    words[i] = app->words[i][0] == '/' ? JOIN(folder, app->words[i]) : app->words[i];
  start(words, app->word_count);
  fail(STATUS_FILES, JOIN("can't start `", words[0], "`: ", last_failure()),
       JOIN("this application is for ", app->platform,
            "; if that is this machine, set POSY_APP_CACHE to a folder on a disk that may contain programs"));
}

static int run_application(void) {
  Application *app = allocate(sizeof *app);
  char *folders[2] = {NULL, NULL};
  const char *caches[2];
  read_header(app);
  for (int i = 0; i < 2; i++) {
    caches[i] = cache_folder(i);
    if (caches[i] != NULL) folders[i] = JOIN(caches[i], "/", app->name, "/", app->key);
  }
  if (has_only_argument("--posy-info")) show_contents(app, folders[0] != NULL ? folders[0] : folders[1]);
  for (int i = 0; i < 2; i++)
    if (folders[i] != NULL && hold(folders[i], path_in(folders[i], app->python))) run(app, folders[i]);
  const char *tried = "";
  for (int i = 0; i < 2; i++) {
    if (folders[i] == NULL) continue;
    if (unpack(app, caches[i], folders[i])) run(app, folders[i]);
    tried = folders[i];
    /* Another folder may be on the same disk, and people should know that it is full. */
    if (is_full()) break;
  }
  fail_unpack(app, tried);
  return 1;
}
