/*
 * Running another program on Windows in the place of this one, as if the caller had started it. The launcher of scripts
 * (launcher.c) and the program in front of a one-file application (src/application/executable/stub) both do so. Include
 * it after the definition of `allocate`.
 */
static HANDLE child;

/* Returns what follows the name of the program in the command line, as it was typed. */
static const WCHAR *typed_arguments(void) {
  const WCHAR *at = GetCommandLineW();
  BOOL quoted = FALSE;
  while (*at != 0 && (quoted || (*at != L' ' && *at != L'\t'))) {
    if (*at == L'"') quoted = !quoted;
    at++;
  }
  return at;
}

/*
 * Ctrl-C and Ctrl-Break reach all programs of a console: the child decides what they mean. When the window is closed,
 * Windows ends a program as soon as its handler returns, so the child gets its time first.
 */
static BOOL WINAPI leave_to_program(DWORD event) {
  if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT && child != NULL) WaitForSingleObject(child, INFINITE);
  return TRUE;
}

/* Returns a job that ends its programs when this one ends. Programs that the child starts do not belong to it. */
static HANDLE new_job(void) {
  HANDLE job = CreateJobObjectW(NULL, NULL);
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION *limits = allocate(sizeof *limits);
  limits->BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK;
  if (job != NULL) SetInformationJobObject(job, JobObjectExtendedLimitInformation, limits, sizeof *limits);
  return job;
}

/* Passes a standard stream on. */
static HANDLE inheritable(DWORD stream) {
  HANDLE handle = GetStdHandle(stream);
  if (handle == INVALID_HANDLE_VALUE) return NULL;
  if (handle != NULL) SetHandleInformation(handle, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
  return handle;
}

/* Closes the pipes that the child has now, so that their other ends notice when the child closes them. */
static void close_pipes(const STARTUPINFOW *startup) {
  const HANDLE streams[] = {startup->hStdInput, startup->hStdOutput, startup->hStdError};
  for (int i = 0; i < 3; i++) {
    if (streams[i] == NULL || GetFileType(streams[i]) != FILE_TYPE_PIPE) continue;
    /* Two streams may be the same pipe. */
    BOOL closed = FALSE;
    for (int before = 0; before < i; before++) closed |= streams[before] == streams[i];
    if (!closed) CloseHandle(streams[i]);
  }
}

#ifdef GUI
/*
 * Explorer shows the pointer of a starting program until the program does something with windows, which this
 * program never does by itself (CPython issue 61492).
 */
static void end_starting_pointer(void) {
  MSG *message = allocate(sizeof *message);
  PostMessageW(NULL, 0, 0, 0);
  GetMessageW(message, NULL, 0, 0);
  WaitForInputIdle(child, INFINITE);
  HWND window = CreateWindowExW(0, L"STATIC", L"Python", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, NULL, NULL);
  if (window == NULL) return;
  PeekMessageW(message, window, 0, 0, 0);
  DestroyWindow(window);
}
#endif

/*
 * Starts `program` with a command line and the standard streams of this program, waits for its end, and ends this
 * program with its status. Returns only if it can't be started.
 */
static void run_program(const WCHAR *program, WCHAR *command) {
  STARTUPINFOW *startup = allocate(sizeof *startup);
  PROCESS_INFORMATION *process = allocate(sizeof *process);
  HANDLE job;
  DWORD status = 1;

  GetStartupInfoW(startup);
  startup->hStdInput = inheritable(STD_INPUT_HANDLE);
  startup->hStdOutput = inheritable(STD_OUTPUT_HANDLE);
  startup->hStdError = inheritable(STD_ERROR_HANDLE);
  /* The other two flags give the handles another meaning. */
  startup->dwFlags &= ~(DWORD)(STARTF_USEHOTKEY | 0x400);
  if (startup->hStdInput != NULL || startup->hStdOutput != NULL || startup->hStdError != NULL)
    startup->dwFlags |= STARTF_USESTDHANDLES;

  SetConsoleCtrlHandler(leave_to_program, TRUE);
  job = new_job();
  if (!CreateProcessW(program, command, NULL, NULL, TRUE, 0, NULL, NULL, startup, process)) return;
  child = process->hProcess;
  if (job != NULL) AssignProcessToJobObject(job, child);
  CloseHandle(process->hThread);
  close_pipes(startup);
#ifdef GUI
  end_starting_pointer();
#endif
  WaitForSingleObject(child, INFINITE);
  GetExitCodeProcess(child, &status);
  ExitProcess(status);
}
