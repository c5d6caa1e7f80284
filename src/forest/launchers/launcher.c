/*
 * Posy's launcher for Windows, where a script cannot be started directly. Each entry point and each `#!python` script
 * of an Env is a copy of this program with a `#!` line behind it, in the format of distlib and pip:
 *
 *     launcher, "#!" line, zip with __main__.py     runs the zip: Python reads this file as an archive
 *     launcher, "#!<launcher_dir>\..." line         runs NAME-script.py or NAME.py (or .pyw) next to NAME.exe
 *     launcher, "#!C:\..." line                     starts the program of the line
 *     launcher                                      is the Env's python.exe or pythonw.exe
 *
 * In the `#!` line, `<launcher_dir>` stands for the folder of this program (as in distlib), so an Env can be moved and
 * can be reached by several paths. The rest of the line and the arguments are passed on unchanged.
 *
 * The Python of an Env starts as with `venv`: the base interpreter runs, and `__PYVENV_LAUNCHER__` tells it the path of
 * the Env's python.exe. `base-executable` in pyvenv.cfg is the path of the base interpreter. Without it (Python 3.7 and
 * older, PyPy) the python.exe of the Env is a real one and is started itself.
 *
 * The program uses no C library, which keeps it small. GUI is defined for programs without a console window.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#define MAX_LINE 65536
/* The longest path of Windows, and the longest command line. */
#define MAX_TEXT 32768

static void *allocate(SIZE_T bytes) {
  void *memory = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, bytes);
  if (memory == NULL) ExitProcess(ERROR_NOT_ENOUGH_MEMORY);
  return memory;
}

#include "run-program.h"

/* A text that is written piece by piece. */
typedef struct {
  WCHAR *start;
  DWORD length;
} Text;

static Text new_text(void) {
  Text text = {allocate((MAX_TEXT + 1) * sizeof(WCHAR)), 0};
  return text;
}

/* Appends characters. What does not fit is left out: Windows has no longer texts. */
static void append(Text *text, const WCHAR *from, DWORD length) {
  for (DWORD i = 0; i < length && text->length < MAX_TEXT; i++) text->start[text->length++] = from[i];
  text->start[text->length] = 0;
}

static void append_all(Text *text, const WCHAR *from) { append(text, from, (DWORD)lstrlenW(from)); }

/* Ends this program with an error message. */
static void fail(const WCHAR *what, const WCHAR *path) {
  DWORD error = GetLastError();
  Text message = new_text();
  WCHAR *reason = allocate(1024 * sizeof(WCHAR));
#ifndef GUI
  append_all(&message, L"error: ");
#endif
  append_all(&message, what);
  append_all(&message, L" `");
  append_all(&message, path);
  append_all(&message, L"`: ");
  FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK, NULL,
                 error, 0, reason, 1023, NULL);
  append_all(&message, reason);
#ifdef GUI
  MessageBoxW(NULL, message.start, L"Python", MB_ICONERROR | MB_OK);
#else
  HANDLE out = GetStdHandle(STD_ERROR_HANDLE);
  DWORD ignored;
  append_all(&message, L"\r\n");
  if (!WriteConsoleW(out, message.start, message.length, &ignored, NULL)) {
    char *bytes = allocate(message.length * 4);
    int size = WideCharToMultiByte(CP_UTF8, 0, message.start, (int)message.length, bytes, (int)message.length * 4,
                                   NULL, NULL);
    WriteFile(out, bytes, (DWORD)size, &ignored, NULL);
  }
#endif
  ExitProcess(1);
}

/* Returns the length of the folder of a path, with the last backslash. */
static DWORD folder_length(const WCHAR *path) {
  DWORD length = (DWORD)lstrlenW(path);
  while (length > 0 && path[length - 1] != L'\\' && path[length - 1] != L'/') length--;
  return length;
}

/* Returns a path with which functions of Windows accept more than 260 characters. */
static const WCHAR *long_path(const WCHAR *path) {
  if (lstrlenW(path) < MAX_PATH - 12 || path[0] == 0) return path;
  Text prefixed = new_text();
  if (path[0] == L'\\' && path[1] == L'\\') {
    if (path[2] == L'?' || path[2] == L'.') return path;
    append_all(&prefixed, L"\\\\?\\UNC\\");
    append_all(&prefixed, path + 2);
  } else {
    append_all(&prefixed, L"\\\\?\\");
    append_all(&prefixed, path);
  }
  /* With this prefix Windows does not translate slashes. */
  for (DWORD i = 0; i < prefixed.length; i++)
    if (prefixed.start[i] == L'/') prefixed.start[i] = L'\\';
  return prefixed.start;
}

static BOOL is_file(const WCHAR *path) {
  DWORD attributes = GetFileAttributesW(long_path(path));
  return attributes != INVALID_FILE_ATTRIBUTES && !(attributes & FILE_ATTRIBUTE_DIRECTORY);
}

static const WCHAR *own_path(void) {
  Text path = new_text();
  path.length = GetModuleFileNameW(NULL, path.start, MAX_TEXT);
  if (path.length == 0) fail(L"can't find the path of", GetCommandLineW());
  return path.start;
}

/* Returns where the content of this file ends that was linked: the end of the last section. */
static DWORD end_of_program(void) {
  const BYTE *image = (const BYTE *)GetModuleHandleW(NULL);
  const IMAGE_NT_HEADERS *headers = (const IMAGE_NT_HEADERS *)(image + ((const IMAGE_DOS_HEADER *)image)->e_lfanew);
  const IMAGE_SECTION_HEADER *section = IMAGE_FIRST_SECTION(headers);
  DWORD end = 0;
  for (WORD i = 0; i < headers->FileHeader.NumberOfSections; i++) {
    DWORD this_end = section[i].PointerToRawData + section[i].SizeOfRawData;
    if (this_end > end) end = this_end;
  }
  return end;
}

/* Reads up to `size` bytes of a file, from `offset` on. Returns their number, or 0 if the file cannot be read. */
static DWORD read_file(const WCHAR *path, DWORD offset, char *into, DWORD size) {
  HANDLE file = CreateFileW(long_path(path), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                            OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
  DWORD count = 0;
  if (file == INVALID_HANDLE_VALUE) return 0;
  if (SetFilePointer(file, (LONG)offset, NULL, FILE_BEGIN) == INVALID_SET_FILE_POINTER ||
      !ReadFile(file, into, size, &count, NULL))
    count = 0;
  CloseHandle(file);
  return count;
}

static void append_utf8(Text *text, const char *bytes, DWORD length) {
  text->length += (DWORD)MultiByteToWideChar(CP_UTF8, 0, bytes, (int)length, text->start + text->length,
                                             (int)(MAX_TEXT - text->length));
  text->start[text->length] = 0;
}

static BOOL is_blank(char byte) { return byte == ' ' || byte == '\t'; }

/* What the `#!` line behind this program says. */
typedef struct {
  Text python;
  /* Options for Python, with a space before each. */
  Text options;
  BOOL has_zip;
  /* Whether the program of the line is in this folder. Scripts next to another launcher do not belong to it. */
  BOOL is_here;
} Script;

/* Reads the `#!` line. Returns FALSE if there is nothing behind this program. */
static BOOL read_script(const WCHAR *self, Script *script) {
  static const char here[] = "<launcher_dir>";
  char *line = allocate(MAX_LINE);
  DWORD size = read_file(self, end_of_program(), line, MAX_LINE);
  DWORD end = 0, at = 2, start;
  if (size == 0) return FALSE;
  while (end < size && line[end] != '\n') end++;
  if (end == size || line[0] != '#' || line[1] != '!') {
    SetLastError(ERROR_BAD_FORMAT);
    fail(L"there is no `#!` line in", self);
  }
  script->has_zip = end + 1 < size;
  while (end > 0 && (line[end - 1] == '\r' || is_blank(line[end - 1]))) end--;
  while (at < end && is_blank(line[at])) at++;
  BOOL quoted = at < end && line[at] == '"';
  if (quoted) at++;
  DWORD matching = 0;
  while (here[matching] != 0 && at + matching < end && line[at + matching] == here[matching]) matching++;
  script->python = new_text();
  script->is_here = here[matching] == 0;
  if (script->is_here) {
    append(&script->python, self, folder_length(self));
    at += matching;
    if (at < end && (line[at] == '\\' || line[at] == '/')) at++;
  }
  start = at;
  while (at < end && (quoted ? line[at] != '"' : !is_blank(line[at]))) at++;
  append_utf8(&script->python, line + start, at - start);
  if (quoted && at < end) at++;
  script->options = new_text();
  if (at < end) append_utf8(&script->options, line + at, end - at);
  return TRUE;
}

/* Returns the interpreter without a console window next to python.exe (or python3.13t.exe), or else that one itself. */
static const WCHAR *windowed(const WCHAR *python) {
  DWORD folder = folder_length(python);
  Text path = new_text();
  append(&path, python, folder);
  append_all(&path, L"pythonw");
  if (lstrlenW(python + folder) > 6) append_all(&path, python + folder + 6);
  return is_file(path.start) ? path.start : python;
}

/*
 * Returns the interpreter to start for the python.exe or pythonw.exe of an Env: `base-executable` of the pyvenv.cfg in
 * the folder above. Returns NULL if there is no such line, and for other programs.
 */
static const WCHAR *base_of(const WCHAR *python) {
  static const char key[] = "base-executable";
  Text path = new_text();
  DWORD folder = folder_length(python);
  const WCHAR *name = python + folder;
  char *text;
  DWORD size, at = 0;
  if (lstrcmpiW(name, L"python.exe") != 0 && lstrcmpiW(name, L"pythonw.exe") != 0) return NULL;
  text = allocate(MAX_LINE);
  append(&path, python, folder > 0 ? folder - 1 : 0);
  path.length = folder_length(path.start);
  path.start[path.length] = 0;
  append_all(&path, L"pyvenv.cfg");
  size = read_file(path.start, 0, text, MAX_LINE);
  while (at < size) {
    DWORD end = at, matching = 0;
    while (end < size && text[end] != '\n') end++;
    while (key[matching] != 0 && at + matching < end && text[at + matching] == key[matching]) matching++;
    if (key[matching] == 0) {
      DWORD start = at + matching, last = end;
      while (start < last && is_blank(text[start])) start++;
      if (start < last && text[start] == '=') {
        start++;
        while (start < last && is_blank(text[start])) start++;
        while (last > start && (text[last - 1] == '\r' || is_blank(text[last - 1]))) last--;
        Text base = new_text();
        append_utf8(&base, text + start, last - start);
        return lstrcmpiW(name, L"pythonw.exe") == 0 ? windowed(base.start) : base.start;
      }
    }
    at = end + 1;
  }
  return NULL;
}

/* Paths contain no quotation marks. */
static void append_quoted(Text *text, const WCHAR *path) {
  append_all(text, L"\"");
  append_all(text, path);
  append_all(text, L"\"");
}

#ifdef GUI
#define SUFFIX L".pyw"
#else
#define SUFFIX L".py"
#endif

/* Returns the script of NAME.exe: NAME-script.py, or NAME.py if the wheel has a script of that name, or NULL. */
static const WCHAR *script_beside(const WCHAR *self) {
  Text path = new_text();
  append(&path, self, (DWORD)lstrlenW(self) - 4);
  DWORD stem = path.length;
  append_all(&path, L"-script" SUFFIX);
  if (is_file(path.start)) return path.start;
  path.length = stem;
  append_all(&path, SUFFIX);
  return is_file(path.start) ? path.start : NULL;
}

void start(void) {
  const WCHAR *self = own_path();
  Script *script = allocate(sizeof *script);
  BOOL is_script = read_script(self, script);
  const WCHAR *python = is_script ? script->python.start : self;
  const WCHAR *base = base_of(python);
  Text command = new_text();

  if (base != NULL) {
    SetEnvironmentVariableW(L"__PYVENV_LAUNCHER__", long_path(python));
  } else if (!is_script) {
    SetLastError(ERROR_FILE_NOT_FOUND);
    fail(L"there is no pyvenv.cfg with `base-executable` for", self);
  }
  append_quoted(&command, python);
  if (is_script) {
    append_all(&command, script->options.start);
    const WCHAR *file = script->has_zip ? self : script->is_here ? script_beside(self) : NULL;
    if (file != NULL) {
      append_all(&command, L" ");
      append_quoted(&command, long_path(file));
    }
  }
  append_all(&command, typed_arguments());

  // It is of another Python, which may have started this program. Python itself honours it, as everywhere.
  if (is_script) SetEnvironmentVariableW(L"PYTHONHOME", NULL);
  run_program(long_path(base != NULL ? base : python), command.start);
  fail(L"can't start", base != NULL ? base : python);
}
