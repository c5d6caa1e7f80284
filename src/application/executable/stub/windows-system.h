/* The functions of system.h for Windows. No C library is used, which keeps the program small. */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

/* The longest path of Windows, and the longest command line. */
#define MAX_TEXT 32768

static HANDLE self, lock_file, held_python;

/* The compiler calls these for copies of structures. */
void *memcpy(void *to, const void *from, size_t size) {
  void *start = to;
  __asm__ volatile("" ::: "memory");
#if defined(__x86_64__)
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size)::"memory");
#else
  for (; size >= 8; size -= 8, to = (char *)to + 8, from = (const char *)from + 8)
    *(volatile uint64_t *)to = *(const uint64_t *)from;
  for (; size > 0; size--, to = (char *)to + 1, from = (const char *)from + 1)
    *(volatile char *)to = *(const char *)from;
#endif
  return start;
}

void *memset(void *to, int value, size_t size) {
  for (size_t i = 0; i < size; i++) ((volatile char *)to)[i] = (char)value;
  return to;
}

int memcmp(const void *left, const void *right, size_t size) {
  const uint8_t *a = left, *b = right;
  for (; size > 0; size--, a++, b++)
    if (*a != *b) return *a - *b;
  return 0;
}

size_t strlen(const char *text) {
  size_t length = 0;
  while (((const volatile char *)text)[length] != 0) length++;
  return length;
}

int strcmp(const char *left, const char *right) {
  while (*left != 0 && *left == *right) left++, right++;
  return (uint8_t)*left - (uint8_t)*right;
}

static void *allocate(size_t size) {
  void *memory = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, size);
  if (memory == NULL) ExitProcess(ERROR_NOT_ENOUGH_MEMORY);
  return memory;
}

#include "../../../forest/launchers/run-program.h"

static WCHAR *wide(const char *text) {
  int size = MultiByteToWideChar(CP_UTF8, 0, text, -1, NULL, 0);
  WCHAR *result = allocate(((size_t)size + 1) * sizeof(WCHAR));
  MultiByteToWideChar(CP_UTF8, 0, text, -1, result, size);
  return result;
}

static char *narrow(const WCHAR *text) {
  int size = WideCharToMultiByte(CP_UTF8, 0, text, -1, NULL, 0, NULL, NULL);
  char *result = allocate((size_t)size + 1);
  WideCharToMultiByte(CP_UTF8, 0, text, -1, result, size, NULL, NULL);
  return result;
}

static char *join(const char *const *texts);

/* Returns an absolute path as the functions of Windows take it, also if it has more than 260 characters. */
static WCHAR *system_path(const char *path) {
  WCHAR *result;
  if (path[0] != 0 && path[1] == ':') result = wide(join((const char *const[]){"\\\\?\\", path, NULL}));
  else result = wide(path);
  for (WCHAR *at = result; *at != 0; at++)
    if (*at == L'/') *at = L'\\';
  return result;
}

/* Many files are written: their paths are given back. */
static void give_back(void *memory) {
  DWORD failure = GetLastError();
  HeapFree(GetProcessHeap(), 0, memory);
  SetLastError(failure);
}

static void write_stream(DWORD stream, const char *text) {
  HANDLE out = GetStdHandle(stream);
  DWORD ignored, mode;
  if (GetConsoleMode(out, &mode)) {
    WCHAR *characters = wide(text);
    WriteConsoleW(out, characters, (DWORD)lstrlenW(characters), &ignored, NULL);
    return;
  }
  WriteFile(out, text, (DWORD)strlen(text), &ignored, NULL);
}

static void print(const char *text) { write_stream(STD_OUTPUT_HANDLE, text); }

static void report(const char *text) {
#ifdef GUI
  MessageBoxW(NULL, wide(text), NULL, MB_ICONERROR | MB_OK);
#else
  write_stream(STD_ERROR_HANDLE, text);
#endif
}

static void leave(int status) { ExitProcess((UINT)status); }

static const char *last_failure(void) {
  if (is_full()) return "no space is left on the disk";
  WCHAR *reason = allocate(1024 * sizeof(WCHAR));
  FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK, NULL,
                 GetLastError(), 0, reason, 1023, NULL);
  return narrow(reason);
}
static unsigned long failure_number(void) { return GetLastError(); }
static void set_failure(unsigned long number) { SetLastError(number); }
static int is_full(void) {
  DWORD failure = GetLastError();
  return failure == ERROR_DISK_FULL || failure == ERROR_HANDLE_DISK_FULL || failure == ERROR_DISK_QUOTA_EXCEEDED;
}

#define SHARE_ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

static uint64_t open_self(void) {
  WCHAR *path = allocate((MAX_TEXT + 1) * sizeof(WCHAR));
  LARGE_INTEGER size;
  if (GetModuleFileNameW(NULL, path, MAX_TEXT) == 0) return 0;
  self = CreateFileW(system_path(narrow(path)), GENERIC_READ, SHARE_ALL, NULL, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL,
                     NULL);
  if (self == INVALID_HANDLE_VALUE || !GetFileSizeEx(self, &size)) return 0;
  return (uint64_t)size.QuadPart;
}

static int read_self(uint64_t offset, void *to, size_t size) {
  while (size > 0) {
    OVERLAPPED position = {0};
    DWORD count = 0;
    position.Offset = (DWORD)offset;
    position.OffsetHigh = (DWORD)(offset >> 32);
    if (!ReadFile(self, to, (DWORD)size, &count, &position) || count == 0) return 0;
    to = (char *)to + count;
    offset += count;
    size -= count;
  }
  return 1;
}

/* Returns the value of a variable, or NULL if it is not set or empty. */
static char *variable(const WCHAR *name) {
  WCHAR *value = allocate((MAX_TEXT + 1) * sizeof(WCHAR));
  DWORD length = GetEnvironmentVariableW(name, value, MAX_TEXT);
  return length == 0 || length >= MAX_TEXT ? NULL : narrow(value);
}

static const char *cache_folder(int number) {
  const char *chosen = variable(L"POSY_APP_CACHE"), *folder;
  if (chosen != NULL && number == 1) return NULL;
  folder = chosen != NULL ? chosen : variable(number == 0 ? L"LOCALAPPDATA" : L"TEMP");
  if (folder == NULL) return NULL;
  WCHAR *whole = allocate((MAX_TEXT + 1) * sizeof(WCHAR));
  if (GetFullPathNameW(wide(folder), MAX_TEXT, whole, NULL) == 0) return NULL;
  for (WCHAR *at = whole; *at != 0; at++)
    if (*at == L'\\') *at = L'/';
  return chosen != NULL ? narrow(whole) : join((const char *const[]){narrow(whole), "/posy-apps", NULL});
}

static int make_folder(const char *path) {
  WCHAR *wide_path = system_path(path);
  BOOL made = CreateDirectoryW(wide_path, NULL);
  give_back(wide_path);
  return made;
}

static BOOL is_folder(const char *path) {
  DWORD attributes = GetFileAttributesW(system_path(path));
  return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY);
}

static int make_folders(const char *path) {
  char *copy = join((const char *const[]){path, NULL});
  if (make_folder(copy) || is_folder(copy)) return 1;
  for (size_t at = 3;; at++) {
    if (path[at] != '/' && path[at] != 0) continue;
    copy[at] = 0;
    if (!make_folder(copy) && path[at] == 0) {
      DWORD failure = GetLastError();
      if (is_folder(copy)) return 1;
      SetLastError(failure);
      return 0;
    }
    if (path[at] == 0) return 1;
    copy[at] = path[at];
  }
}

/* The folders of a user's data and temporary files have lists of those who may write. */
static int is_private(const char *path) {
  (void)path;
  return 1;
}

static int write_file(const char *path, uint64_t offset, const void *from, size_t size, int executable) {
  WCHAR *wide_path = system_path(path);
  HANDLE file = CreateFileW(wide_path, GENERIC_WRITE, SHARE_ALL, NULL, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
  (void)executable;
  give_back(wide_path);
  if (file == INVALID_HANDLE_VALUE) return 0;
  while (size > 0) {
    OVERLAPPED position = {0};
    DWORD count = 0;
    position.Offset = (DWORD)offset;
    position.OffsetHigh = (DWORD)(offset >> 32);
    if (!WriteFile(file, from, (DWORD)size, &count, &position)) {
      DWORD failure = GetLastError();
      CloseHandle(file);
      SetLastError(failure);
      return 0;
    }
    from = (const char *)from + count;
    offset += count;
    size -= count;
  }
  CloseHandle(file);
  return 1;
}

/* Posy writes no links into applications for Windows: making one needs a right that few users have. */
static int make_link(const char *path, const char *target) {
  (void)path;
  (void)target;
  SetLastError(ERROR_NOT_SUPPORTED);
  return 0;
}

/* Programs that look for viruses hold new files for a moment. So this is tried for two seconds. */
static int rename_folder(const char *from, const char *to) {
  WCHAR *old_path = system_path(from), *new_path = system_path(to);
  for (int left = 40;; left--) {
    if (MoveFileExW(old_path, new_path, 0)) return 1;
    DWORD failure = GetLastError();
    if (left == 0 || is_folder(to) || (failure != ERROR_ACCESS_DENIED && failure != ERROR_SHARING_VIOLATION)) {
      SetLastError(failure);
      return 0;
    }
    Sleep(50);
  }
}

static void for_entries(const char *path, void (*each)(const char *name, void *data), void *data) {
  WIN32_FIND_DATAW *entry = allocate(sizeof *entry);
  HANDLE search = FindFirstFileW(system_path(join((const char *const[]){path, "/*", NULL})), entry);
  if (search == INVALID_HANDLE_VALUE) return;
  do {
    const WCHAR *name = entry->cFileName;
    if (!(name[0] == L'.' && (name[1] == 0 || (name[1] == L'.' && name[2] == 0)))) each(narrow(name), data);
  } while (FindNextFileW(search, entry));
  FindClose(search);
}

static void remove_entry(const char *name, void *folder) {
  remove_tree(join((const char *const[]){folder, "/", name, NULL}));
}

static void remove_tree(const char *path) {
  WCHAR *wide_path = system_path(path);
  DWORD attributes = GetFileAttributesW(wide_path);
  if (attributes == INVALID_FILE_ATTRIBUTES) return;
  if (attributes & FILE_ATTRIBUTE_READONLY) SetFileAttributesW(wide_path, FILE_ATTRIBUTE_NORMAL);
  if (!(attributes & FILE_ATTRIBUTE_DIRECTORY)) {
    DeleteFileW(wide_path);
    return;
  }
  /* A link to a folder is removed, and not what it points to. */
  if (!(attributes & FILE_ATTRIBUTE_REPARSE_POINT)) for_entries(path, remove_entry, (void *)path);
  RemoveDirectoryW(wide_path);
}

static int lock(const char *path) {
  WCHAR *wide_path = system_path(path);
  for (;;) {
    lock_file = CreateFileW(wide_path, GENERIC_WRITE, 0, NULL, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    if (lock_file != INVALID_HANDLE_VALUE) return 1;
    if (GetLastError() != ERROR_SHARING_VIOLATION) return 0;
    Sleep(20);
  }
}

static void unlock(void) {
  DWORD failure = GetLastError();
  CloseHandle(lock_file);
  SetLastError(failure);
}

/* While this program runs, it has a file of the folder open which others may not delete. */
static int hold(const char *folder, const char *python) {
  if (GetFileAttributesW(system_path(python)) == INVALID_FILE_ATTRIBUTES) return 0;
  held_python = CreateFileW(system_path(python), GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING,
                            FILE_ATTRIBUTE_NORMAL, NULL);
  (void)folder;
  return held_python != INVALID_HANDLE_VALUE;
}

static int is_unused(const char *folder, const char *python) {
  HANDLE file = CreateFileW(system_path(python), DELETE, SHARE_ALL, NULL, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
  (void)folder;
  if (file == INVALID_HANDLE_VALUE)
    return GetLastError() != ERROR_SHARING_VIOLATION && GetLastError() != ERROR_ACCESS_DENIED;
  /* Windows renames no folder with an open file, so this file can't stay open. */
  CloseHandle(file);
  return 1;
}

static void release(void) {}

typedef struct {
  void (*work)(void *);
  void *data;
} Call;

static DWORD WINAPI call(void *data) {
  Call *it = data;
  it->work(it->data);
  return 0;
}

static void run_threads(void (*work)(void *), void *data, unsigned most) {
  HANDLE threads[7];
  Call it = {work, data};
  DWORD started = 0;
  SYSTEM_INFO machine;
  GetSystemInfo(&machine);
  while (started < 7 && started + 1 < most && started + 1 < machine.dwNumberOfProcessors &&
         (threads[started] = CreateThread(NULL, 0, call, &it, 0, NULL)) != NULL)
    started++;
  work(data);
  if (started > 0) WaitForMultipleObjects(started, threads, TRUE, INFINITE);
}

static int has_only_argument(const char *word) {
  char *typed = narrow(typed_arguments());
  size_t length = strlen(typed);
  while (length > 0 && typed[length - 1] == ' ') typed[--length] = 0;
  while (*typed == ' ') typed++;
  return strcmp(typed, word) == 0;
}

/* Returns a path with which other programs can do something: with `\\?\` only if it has more than 260 characters. */
static WCHAR *program_path(const char *path) {
  WCHAR *whole = system_path(path);
  return lstrlenW(whole) < MAX_PATH && whole[0] == L'\\' && whole[2] == L'?' ? whole + 4 : whole;
}

static void start(const char *const *words, unsigned count) {
  WCHAR *command = allocate((MAX_TEXT + 1) * sizeof(WCHAR));
  DWORD length = 0;
  for (unsigned i = 0; i < count; i++) {
    /* Words are paths, which have no quotation marks, or options. */
    BOOL is_path = words[i][0] != 0 && words[i][1] == ':';
    const WCHAR *word = is_path ? program_path(words[i]) : wide(words[i]);
    if (i > 0 && length < MAX_TEXT) command[length++] = L' ';
    if (length < MAX_TEXT) command[length++] = L'"';
    for (; *word != 0 && length < MAX_TEXT; word++) command[length++] = *word;
    if (length < MAX_TEXT) command[length++] = L'"';
  }
  for (const WCHAR *typed = typed_arguments(); *typed != 0 && length < MAX_TEXT; typed++) command[length++] = *typed;

  /* It is for another Python, which may have started this program. */
  SetEnvironmentVariableW(L"PYTHONHOME", NULL);
  run_program(system_path(words[0]), command);
}

static int run_application(void);

void entry(void) { ExitProcess((UINT)run_application()); }
