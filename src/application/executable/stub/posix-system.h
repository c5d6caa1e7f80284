/* The functions of system.h for Linux and macOS. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __APPLE__
#include <mach-o/dyld.h>
#else
#include <sys/auxv.h>
#endif

static int self = -1, lock_file = -1, unused_folder = -1;
static char **own_arguments;

static void *allocate(size_t size) {
  void *memory = calloc(1, size > 0 ? size : 1);
  if (memory == NULL) {
    report("error: there is not enough memory to start this application\n");
    leave(1);
  }
  return memory;
}

static void write_all(int file, const char *text) {
  size_t size = strlen(text);
  while (size > 0) {
    ssize_t count = write(file, text, size);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    text += count;
    size -= (size_t)count;
  }
}

static void print(const char *text) { write_all(1, text); }
static void report(const char *text) { write_all(2, text); }
static void leave(int status) { _exit(status); }

static const char *last_failure(void) {
  /* The words of Posy's own messages. Other reasons are as the system says them. */
  if (is_full()) return "no space is left on the disk";
  return strerror(errno);
}
static unsigned long failure_number(void) { return (unsigned long)errno; }
static void set_failure(unsigned long number) { errno = (int)number; }
static int is_full(void) { return errno == ENOSPC || errno == EDQUOT; }

static uint64_t open_self(void) {
  struct stat facts;
#ifdef __APPLE__
  uint32_t size = 4096;
  char *path = allocate(size);
  if (_NSGetExecutablePath(path, &size) != 0) {
    path = allocate(size);
    _NSGetExecutablePath(path, &size);
  }
  self = open(path, O_RDONLY | O_CLOEXEC);
#else
  self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  /* There may be no /proc. The kernel also tells the path by which the program was started. */
  const char *path = (const char *)getauxval(AT_EXECFN);
  if (self < 0 && path != NULL) self = open(path, O_RDONLY | O_CLOEXEC);
#endif
  if (self < 0 || fstat(self, &facts) != 0) return 0;
  return (uint64_t)facts.st_size;
}

static int read_self(uint64_t offset, void *to, size_t size) {
  while (size > 0) {
    ssize_t count = pread(self, to, size, (off_t)offset);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return 0;
    to = (char *)to + count;
    offset += (uint64_t)count;
    size -= (size_t)count;
  }
  return 1;
}

static char *join(const char *const *texts);
static const char *decimal(uint64_t number);

/* Returns the value of a variable that is an absolute path, or NULL. Relative ones are ignored (XDG Base Directory). */
static const char *folder_variable(const char *name) {
  const char *value = getenv(name);
  return value != NULL && value[0] == '/' ? value : NULL;
}

static const char *cache_folder(int number) {
  const char *chosen = getenv("POSY_APP_CACHE");
  if (chosen != NULL && chosen[0] != 0) {
    if (number == 1) return NULL;
    if (chosen[0] == '/') return chosen;
    char *here = getcwd(NULL, 0);
    return here == NULL ? NULL : join((const char *const[]){here, "/", chosen, NULL});
  }
  if (number == 1) {
    const char *temporary = folder_variable("TMPDIR");
    if (temporary == NULL) temporary = "/tmp";
    return join((const char *const[]){temporary, "/posy-apps-", decimal(geteuid()), NULL});
  }
  const char *home = folder_variable("HOME");
#ifdef __APPLE__
  return home == NULL ? NULL : join((const char *const[]){home, "/Library/Caches/posy-apps", NULL});
#else
  const char *cache = folder_variable("XDG_CACHE_HOME");
  if (cache != NULL) return join((const char *const[]){cache, "/posy-apps", NULL});
  return home == NULL ? NULL : join((const char *const[]){home, "/.cache/posy-apps", NULL});
#endif
}

static int make_folder(const char *path) { return mkdir(path, 0755) == 0; }

static int make_folders(const char *path) {
  char *copy = join((const char *const[]){path, NULL});
  size_t length = strlen(copy);
  if (mkdir(copy, 0700) == 0 || errno == EEXIST) return 1;
  if (errno != ENOENT) return 0;
  for (size_t at = 1; at <= length; at++) {
    if (path[at] != '/' && path[at] != 0) continue;
    copy[at] = 0;
    if (mkdir(copy, 0700) != 0 && errno != EEXIST && errno != EISDIR) {
      /* An existing folder of a disk that can't be written is no failure. */
      int failure = errno;
      struct stat facts;
      if (stat(copy, &facts) != 0 || !S_ISDIR(facts.st_mode)) {
        errno = failure;
        return 0;
      }
    }
    copy[at] = path[at];
  }
  return 1;
}

static int is_ours(const struct stat *facts) {
  return S_ISDIR(facts->st_mode) && (facts->st_uid == geteuid() || facts->st_uid == 0) && !(facts->st_mode & 022);
}

static int is_private(const char *path) {
  struct stat facts;
  if (lstat(path, &facts) != 0) return 0;
  if (is_ours(&facts)) return 1;
  errno = EPERM;
  return 0;
}

static int write_file(const char *path, uint64_t offset, const void *from, size_t size, int executable) {
  int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, executable ? 0755 : 0644);
  if (file < 0) return 0;
  while (size > 0) {
    ssize_t count = pwrite(file, from, size, (off_t)offset);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      int failure = count == 0 ? ENOSPC : errno;
      close(file);
      errno = failure;
      return 0;
    }
    from = (const char *)from + count;
    offset += (uint64_t)count;
    size -= (size_t)count;
  }
  /* Network disks tell only now that they are full. */
  return close(file) == 0 || errno == EINTR;
}

static int make_link(const char *path, const char *target) { return symlink(target, path) == 0; }
static int rename_folder(const char *from, const char *to) { return rename(from, to) == 0; }

static void for_entries(const char *path, void (*each)(const char *name, void *data), void *data) {
  DIR *folder = opendir(path);
  struct dirent *entry;
  if (folder == NULL) return;
  while ((entry = readdir(folder)) != NULL)
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) each(entry->d_name, data);
  closedir(folder);
}

static void remove_entry(const char *name, void *folder) {
  char *path = join((const char *const[]){folder, "/", name, NULL});
  if (unlink(path) != 0) remove_tree(path);
  free(path);
}

static void remove_tree(const char *path) {
  struct stat facts;
  if (lstat(path, &facts) != 0) return;
  if (!S_ISDIR(facts.st_mode)) {
    unlink(path);
    return;
  }
  /* Some systems skip entries while others are removed. */
  for (int left = 3; left > 0 && rmdir(path) != 0 && (errno == ENOTEMPTY || errno == EEXIST); left--)
    for_entries(path, remove_entry, (void *)path);
  rmdir(path);
}

/* Waits for a lock. Some disks have no locks: then there is none, and renaming still keeps the content whole. */
static int lock(const char *path) {
  lock_file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (lock_file < 0) return 0;
  while (flock(lock_file, LOCK_EX) != 0 && errno == EINTR) continue;
  return 1;
}

static void unlock(void) {
  int failure = errno;
  close(lock_file);
  errno = failure;
}

/*
 * The folder itself is the lock. The started program inherits it: the lock lasts as long as the program. Its number is
 * high, so that no program has it by accident.
 */
static int hold(const char *folder, const char *python) {
  struct stat held, named;
  int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return 0;
  if ((flock(file, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK) || fstat(file, &held) != 0 || !is_ours(&held) ||
      lstat(folder, &named) != 0 || held.st_ino != named.st_ino || held.st_dev != named.st_dev ||
      access(python, F_OK) != 0) {
    close(file);
    return 0;
  }
  if (fcntl(file, F_DUPFD, 200) >= 0 || fcntl(file, F_DUPFD, 20) >= 0) close(file);
  else fcntl(file, F_SETFD, 0);
  return 1;
}

static int is_unused(const char *folder, const char *python) {
  (void)python;
  unused_folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  if (unused_folder < 0) return 0;
  if (flock(unused_folder, LOCK_EX | LOCK_NB) == 0) return 1;
  release();
  return 0;
}

static void release(void) { close(unused_folder); }

typedef struct {
  void (*work)(void *);
  void *data;
} Call;

static void *call(void *data) {
  Call *it = data;
  it->work(it->data);
  return NULL;
}

static void run_threads(void (*work)(void *), void *data, unsigned most) {
  pthread_t threads[7];
  Call it = {work, data};
  unsigned started = 0;
  mode_t mask = umask(022);
  long processors = sysconf(_SC_NPROCESSORS_ONLN);
  while (started < 7 && started + 1 < most && (long)started + 1 < processors &&
         pthread_create(&threads[started], NULL, call, &it) == 0)
    started++;
  work(data);
  for (unsigned i = 0; i < started; i++) pthread_join(threads[i], NULL);
  umask(mask);
}

static int has_only_argument(const char *word) {
  return own_arguments[0] != NULL && own_arguments[1] != NULL && own_arguments[2] == NULL &&
         strcmp(own_arguments[1], word) == 0;
}

static void start(const char *const *words, unsigned count) {
  size_t own = 0;
  while (own_arguments[own] != NULL) own++;
  char **all = allocate((count + own + 1) * sizeof *all);
  for (unsigned i = 0; i < count; i++) all[i] = (char *)words[i];
  for (size_t i = 1; i < own; i++) all[count + i - 1] = own_arguments[i];
  /* It is for another Python, which may have started this program. Launchers of an exported folder do the same. */
  unsetenv("PYTHONHOME");
  execv(words[0], all);
}

static int run_application(void);

int main(int count, char **arguments) {
  (void)count;
  own_arguments = arguments;
  return run_application();
}
