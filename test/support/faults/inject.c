/*
 * Runs a program, and makes one of its system calls fail, or ends the program at that call.
 *
 *     inject [--under FOLDER]… [--calls KINDS] [--match TEXT] [--own] [--at N] [--once] [--do WHAT] --report FILE
 *         -- PROGRAM [ARGUMENT]…
 *
 * Only calls for paths in one of the folders count, and with --own only those of the program itself: not those of other
 * programs that it starts, or that it becomes. With --match, only calls for paths that contain TEXT count. KINDS has
 * the letters of the calls that count:
 *
 *     c   needs space: creating, writing, syncing (ENOSPC, EDQUOT)
 *     m   changes something without needing space: removing, changing modes and times (EROFS, together with c)
 *     o   opens a file or a folder (EMFILE)
 *     r   reads files, folders and their properties (EIO)
 *
 * Calls are counted from 1. At call N, and with an errno at each later one unless --once is given, WHAT is done: the
 * name of an errno is returned (ENOSPC), a signal is sent to the program (SIGINT, SIGTERM, SIGKILL), or the power is
 * cut (`power`): the program and all that it started is killed, and no call that reached the kernel later is done.
 *
 * The report has lines: `calls N`, `hit CALL PATH`, `synced INODE` for each file that was synced, `flushed TIME` if the
 * whole file system was synced (milliseconds since 1970), and `exit STATUS` or `signal NUMBER`.
 *
 * The kernel stops the program at each of these calls and asks this process (seccomp_unotify(2)). Bun makes system
 * calls without the C library, so LD_PRELOAD would not see them. A cold `posy run` took 240 ms without this program,
 * and 250 to 280 ms with it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Where a call has its path: `fd` is a descriptor, `path` a path, `at` a folder's descriptor with a path. */
enum where { none, fd, path, at };

struct call {
  int number;
  const char *name;
  /* What kind of call it is. `O` depends on the flags of open. */
  char kind;
  enum where where;
  /* Which argument has the path, or the descriptor in front of it. */
  int argument;
};

static const struct call calls[] = {
  {SYS_openat, "openat", 'O', at, 0},
  {SYS_mkdirat, "mkdirat", 'c', at, 0},
  {SYS_linkat, "linkat", 'c', at, 2},
  {SYS_symlinkat, "symlinkat", 'c', at, 1},
  {SYS_renameat2, "renameat2", 'c', at, 2},
  {SYS_write, "write", 'c', fd, 0},
  {SYS_pwrite64, "pwrite64", 'c', fd, 0},
  {SYS_writev, "writev", 'c', fd, 0},
  {SYS_pwritev, "pwritev", 'c', fd, 0},
  {SYS_pwritev2, "pwritev2", 'c', fd, 0},
  {SYS_copy_file_range, "copy_file_range", 'c', fd, 2},
  {SYS_sendfile, "sendfile", 'c', fd, 0},
  {SYS_ftruncate, "ftruncate", 'c', fd, 0},
  {SYS_fallocate, "fallocate", 'c', fd, 0},
  {SYS_fsync, "fsync", 'c', fd, 0},
  {SYS_fdatasync, "fdatasync", 'c', fd, 0},
  {SYS_syncfs, "syncfs", 'c', fd, 0},
  {SYS_unlinkat, "unlinkat", 'm', at, 0},
  {SYS_fchmod, "fchmod", 'm', fd, 0},
  {SYS_fchmodat, "fchmodat", 'm', at, 0},
  {SYS_utimensat, "utimensat", 'm', at, 0},
  {SYS_read, "read", 'r', fd, 0},
  {SYS_pread64, "pread64", 'r', fd, 0},
  {SYS_readv, "readv", 'r', fd, 0},
  {SYS_preadv, "preadv", 'r', fd, 0},
  {SYS_getdents64, "getdents64", 'r', fd, 0},
  {SYS_statx, "statx", 'r', at, 0},
  {SYS_fstat, "fstat", 'r', fd, 0},
  {SYS_readlinkat, "readlinkat", 'r', at, 0},
#ifdef __x86_64__
  {SYS_newfstatat, "newfstatat", 'r', at, 0},
  {SYS_open, "open", 'O', path, 0},
  {SYS_creat, "creat", 'c', path, 0},
  {SYS_mkdir, "mkdir", 'c', path, 0},
  {SYS_link, "link", 'c', path, 1},
  {SYS_symlink, "symlink", 'c', path, 1},
  {SYS_rename, "rename", 'c', path, 1},
  {SYS_renameat, "renameat", 'c', at, 2},
  {SYS_unlink, "unlink", 'm', path, 0},
  {SYS_rmdir, "rmdir", 'm', path, 0},
  {SYS_chmod, "chmod", 'm', path, 0},
  {SYS_stat, "stat", 'r', path, 0},
  {SYS_lstat, "lstat", 'r', path, 0},
  {SYS_readlink, "readlink", 'r', path, 0},
#endif
};
enum { count = sizeof calls / sizeof *calls };

static const struct { const char *name; int number; } errnos[] = {
  {"ENOSPC", ENOSPC}, {"EDQUOT", EDQUOT}, {"EROFS", EROFS}, {"EIO", EIO},
  {"EMFILE", EMFILE}, {"ENFILE", ENFILE}, {"EACCES", EACCES}, {"EPERM", EPERM},
};
static const struct { const char *name; int number; } signals[] = {
  {"SIGKILL", SIGKILL}, {"SIGINT", SIGINT}, {"SIGTERM", SIGTERM},
};

static const char *folders[16];
static int folder_count;
static FILE *report;

static void fail(const char *what) {
  perror(what);
  exit(125);
}

/* Lets the kernel ask about the calls of the table, and refuses io_uring, which would do calls unseen. */
static int install_filter(const char *kinds) {
  struct sock_filter filter[count + 8];
  int length = 0;
  filter[length++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
  for (int i = 0; i < count; i++) {
    char kind = calls[i].kind;
    int syncs = calls[i].number == SYS_fsync || calls[i].number == SYS_fdatasync || calls[i].number == SYS_syncfs;
    int wanted = kind == 'O' || strchr(kinds, kind) || syncs;
    if (!wanted) continue;
    /* Jumps to the last statement; the distance is set below. */
    filter[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[i].number, 0, 0);
  }
  int jumps = length;
  filter[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_io_uring_setup, 1, 0);
  filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS);
  filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
  for (int i = 1; i < jumps; i++) filter[i].jt = (unsigned char)(length - 1 - i - 1);
  struct sock_fprog program = {(unsigned short)length, filter};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) fail("prctl");
  int listener = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
  if (listener < 0) fail("seccomp");
  return listener;
}

/* The listener goes through a socket, because the filter belongs to the child. */
static void send_descriptor(int socket, int descriptor) {
  char byte = 0, buffer[CMSG_SPACE(sizeof(int))] = {0};
  struct iovec piece = {&byte, 1};
  struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1, .msg_control = buffer, .msg_controllen = sizeof buffer};
  struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(head), &descriptor, sizeof(int));
  if (sendmsg(socket, &message, 0) < 0) fail("sendmsg");
}

static int receive_descriptor(int socket) {
  char byte, buffer[CMSG_SPACE(sizeof(int))] = {0};
  struct iovec piece = {&byte, 1};
  struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1, .msg_control = buffer, .msg_controllen = sizeof buffer};
  if (recvmsg(socket, &message, 0) <= 0) return -1;
  struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  int descriptor = -1;
  if (head != NULL) memcpy(&descriptor, CMSG_DATA(head), sizeof(int));
  return descriptor;
}

static int link_of(char *into, const char *format, int pid, int number) {
  char name[64];
  snprintf(name, sizeof name, format, pid, number);
  ssize_t length = readlink(name, into, PATH_MAX - 1);
  into[length > 0 ? length : 0] = 0;
  return length > 0;
}

/* Reads a text of the program. It may end at the end of a page that has no next one. */
static int text_of(char *into, int pid, unsigned long long address) {
  size_t length = 0;
  while (length < PATH_MAX - 1) {
    size_t rest = 4096 - ((address + length) & 4095);
    if (rest > PATH_MAX - 1 - length) rest = PATH_MAX - 1 - length;
    struct iovec here = {into + length, rest}, there = {(void *)(address + length), rest};
    ssize_t got = process_vm_readv(pid, &here, 1, &there, 1, 0);
    if (got <= 0) break;
    if (memchr(into + length, 0, (size_t)got)) return 1;
    length += (size_t)got;
  }
  into[length] = 0;
  return length > 0;
}

static int path_of(char *into, const struct call *call, const struct seccomp_notif *asked) {
  const unsigned long long *arguments = (const unsigned long long *)asked->data.args;
  int pid = (int)asked->pid;
  if (call->where == fd) return link_of(into, "/proc/%d/fd/%d", pid, (int)arguments[call->argument]);
  char given[PATH_MAX];
  int text = call->argument + (call->where == at);
  if (arguments[text] == 0) given[0] = 0;
  else if (!text_of(given, pid, arguments[text])) return 0;
  if (given[0] == '/') {
    memcpy(into, given, PATH_MAX);
    return 1;
  }
  int folder = call->where == at ? (int)arguments[call->argument] : AT_FDCWD;
  if (folder == AT_FDCWD ? !link_of(into, "/proc/%d/cwd", pid, 0) : !link_of(into, "/proc/%d/fd/%d", pid, folder)) return 0;
  size_t length = strlen(into);
  if (given[0] != 0) snprintf(into + length, PATH_MAX - length, "/%s", given);
  return 1;
}

/* Whether a process runs the same program as the first one did at its first call. */
static int is_own(pid_t child, int pid) {
  static char first[PATH_MAX];
  char now[PATH_MAX];
  if (first[0] == 0 && !link_of(first, "/proc/%d/exe", child, 0)) return 0;
  return link_of(now, "/proc/%d/exe", pid, 0) && strcmp(first, now) == 0;
}

static int is_under(const char *name) {
  for (int i = 0; i < folder_count; i++) {
    size_t length = strlen(folders[i]);
    if (strncmp(name, folders[i], length) == 0 && (name[length] == '/' || name[length] == 0)) return 1;
  }
  return 0;
}

/* Whether a call is of a kind that counts. An open may be of several kinds. */
static int counts(const struct call *call, const struct seccomp_notif *asked, const char *kinds) {
  if (call->kind != 'O') return strchr(kinds, call->kind) != NULL;
  unsigned long long flags = asked->data.args[call->where == at ? 2 : 1];
  int creates = (flags & O_CREAT) != 0, writes = (flags & O_ACCMODE) != O_RDONLY;
  return strchr(kinds, 'o') || (creates && strchr(kinds, 'c')) || (writes && strchr(kinds, 'm')) ||
         (!writes && strchr(kinds, 'r'));
}

int main(int argc, char **argv) {
  const char *kinds = "c", *what = "", *match = "", *report_path = NULL;
  long number = 0;
  int once = 0, own = 0, first = argc;
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--") == 0) { first = i + 1; break; }
    if (strcmp(argv[i], "--once") == 0) { once = 1; continue; }
    if (strcmp(argv[i], "--own") == 0) { own = 1; continue; }
    if (i + 1 == argc) break;
    const char *value = argv[i + 1];
    if (strcmp(argv[i], "--under") == 0 && folder_count < 16) folders[folder_count++] = value;
    else if (strcmp(argv[i], "--calls") == 0) kinds = value;
    else if (strcmp(argv[i], "--match") == 0) match = value;
    else if (strcmp(argv[i], "--at") == 0) number = atol(value);
    else if (strcmp(argv[i], "--do") == 0) what = value;
    else if (strcmp(argv[i], "--report") == 0) report_path = value;
    else { fprintf(stderr, "inject: unknown option %s\n", argv[i]); return 125; }
    i++;
  }
  if (first >= argc || report_path == NULL) { fprintf(stderr, "inject: no program or no report\n"); return 125; }
  int error = 0, signal_number = 0, power = strcmp(what, "power") == 0;
  for (size_t i = 0; i < sizeof errnos / sizeof *errnos; i++) if (strcmp(what, errnos[i].name) == 0) error = errnos[i].number;
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) if (strcmp(what, signals[i].name) == 0) signal_number = signals[i].number;
  report = fopen(report_path, "we");
  if (report == NULL) fail(report_path);

  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)) fail("socketpair");
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    setpgid(0, 0);
    int listener = install_filter(kinds);
    send_descriptor(pair[1], listener);
    close(listener);
    execvp(argv[first], argv + first);
    fail(argv[first]);
  }
  close(pair[1]);
  int listener = receive_descriptor(pair[0]);
  if (listener < 0) { fprintf(stderr, "inject: no listener\n"); return 125; }
  fcntl(listener, F_SETFD, FD_CLOEXEC);
  /* A signal to this process goes to the program: `timeout` and a harness end both. */
  signal(SIGINT, SIG_IGN);

  long seen = 0;
  int cut = 0, status = 0, ended = 0;
  struct seccomp_notif asked;
  struct seccomp_notif_resp answer;
  for (;;) {
    struct pollfd waiting = {listener, POLLIN, 0};
    int ready = poll(&waiting, 1, ended ? 2000 : 50);
    if (!ended && waitpid(child, &status, WNOHANG) == child) ended = 1;
    if (ready == 0 && ended) break;
    if (ready <= 0) continue;
    if (waiting.revents & POLLHUP) break;
    memset(&asked, 0, sizeof asked);
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asked)) continue;
    if (cut) { kill((pid_t)asked.pid, SIGKILL); continue; }
    memset(&answer, 0, sizeof answer);
    answer.id = asked.id;
    answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    const struct call *call = NULL;
    for (int i = 0; i < count && call == NULL; i++) if (calls[i].number == asked.data.nr) call = &calls[i];
    char name[PATH_MAX];
    if (call != NULL && path_of(name, call, &asked) && is_under(name)) {
      int synced = call->number == SYS_fsync || call->number == SYS_fdatasync;
      int hit = 0;
      if (counts(call, &asked, kinds) && strstr(name, match) != NULL && (!own || is_own(child, (int)asked.pid))) {
        seen++;
        hit = number > 0 && (seen == number || (seen > number && error && !once));
      }
      if (hit) {
        if (seen == number) fprintf(report, "hit %s %s\n", call->name, name);
        if (error) { answer.flags = 0; answer.error = -error; }
        if (signal_number) kill(child, signal_number);
        if (power) { cut = 1; kill(-child, SIGKILL); kill((pid_t)asked.pid, SIGKILL); continue; }
      } else if (call->number == SYS_syncfs) {
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        fprintf(report, "flushed %lld\n", (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000);
      } else if (synced) {
        struct stat found;
        char link[64];
        snprintf(link, sizeof link, "/proc/%d/fd/%d", (int)asked.pid, (int)asked.data.args[0]);
        if (stat(link, &found) == 0) fprintf(report, "synced %llu\n", (unsigned long long)found.st_ino);
      }
    }
    ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
  }
  if (!ended) waitpid(child, &status, 0);
  fprintf(report, "calls %ld\n", seen);
  if (WIFSIGNALED(status)) fprintf(report, "signal %d\n", WTERMSIG(status));
  else fprintf(report, "exit %d\n", WEXITSTATUS(status));
  fclose(report);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
