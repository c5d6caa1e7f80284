/*
 * What the program needs of the operating system. posix.h (Linux, macOS) and windows.h have the functions. All texts
 * are UTF-8, and the parts of paths are separated by `/`.
 */
#ifndef SYSTEM_H
#define SYSTEM_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Exit statuses, as those of Posy: the file is damaged, or a file can't be written. */
#define STATUS_DAMAGED 76
#define STATUS_FILES 73

/* Returns memory filled with zeros. Ends the program if there is none. */
static void *allocate(size_t size);

/* Writes a text to the standard output. */
static void print(const char *text);
/* Shows a text to the person who started the program: on the standard error, or in a window. */
static void report(const char *text);
/* Ends the program. */
static void leave(int status) __attribute__((noreturn));

/* Returns the message of the last failure of one of the functions below. */
static const char *last_failure(void);
/* Numbers of failures, to keep one for later. */
static unsigned long failure_number(void);
static void set_failure(unsigned long number);
/* Whether the last failure was that a disk or a quota is full. */
static int is_full(void);

/* Opens the file of this program. Returns its size in bytes, or 0. */
static uint64_t open_self(void);
/* Reads exactly `size` bytes of it. Returns 0 if that fails. Several threads may call it. */
static int read_self(uint64_t offset, void *to, size_t size);

/*
 * Returns the folder for the unpacked applications: the first (number 0) or the second choice. NULL if there is none.
 */
static const char *cache_folder(int number);

/* Makes a folder and those above it. The new ones belong to this user alone. Returns 0 if that fails. */
static int make_folders(const char *path);
/* Makes a folder in one that exists. Returns 0 if that fails, also if the folder exists. */
static int make_folder(const char *path);
/* Whether nobody else but the administrator could have written a folder. */
static int is_private(const char *path);
/* Writes bytes at an offset of a file, which is made if it does not exist. Returns 0 if that fails. */
static int write_file(const char *path, uint64_t offset, const void *from, size_t size, int executable);
static int make_link(const char *path, const char *target);
static int rename_folder(const char *from, const char *to);
/* Removes a folder with all that is in it, as far as that is possible. */
static void remove_tree(const char *path);
/* Calls a function with the name of each entry of a folder. */
static void for_entries(const char *path, void (*each)(const char *name, void *data), void *data);

/* Waits until no other process has this lock, then takes it. Returns 0 if the file can't be written. */
static int lock(const char *path);
static void unlock(void);
/*
 * Returns whether the unpacked application in `folder` can be used, whose interpreter is `python`. Until the program
 * ends that this one starts, nobody removes it.
 */
static int hold(const char *folder, const char *python);
/* Whether no process uses the unpacked application. Nobody can begin to use it until `release`. */
static int is_unused(const char *folder, const char *python);
static void release(void);

/* Calls `work` in several threads at once, and waits for all. At most `most` threads. */
static void run_threads(void (*work)(void *), void *data, unsigned most);

/* The number of the arguments of this program, and whether the first one is this word. */
static int has_only_argument(const char *word);
/*
 * Starts a program with `words` and then the arguments of this program, and ends with its exit code. Returns only if
 * the program can't be started.
 */
static void start(const char *const *words, unsigned count);

#endif
