const crlf = (text: string) => text.replaceAll("\n", "\r\n");

/** Goes to `:start` outside of an Env, such as after `deactivate`. */
const inEnvOnly = `if not defined VIRTUAL_ENV goto start
if "%VIRTUAL_ENV:\\envs-v=%"=="%VIRTUAL_ENV%" if "%VIRTUAL_ENV:\\.posy\\env=%"=="%VIRTUAL_ENV%" goto start
`;

/** Starts the next `.exe` of this name on the PATH. The folder of the batch file has none. */
const startNext = `:start
for %%i in (%~n0.exe) do if not "%%~$PATH:i"=="" set "next=%%~$PATH:i"
if defined next goto found
>&2 echo %~n0: not found
exit /b 1
:found
"%next%" %*
exit /b %ERRORLEVEL%
`;

/** `pip.cmd`, which does on Windows what `pipScript` does elsewhere. */
export const pipBatch = crlf(`@echo off
setlocal
set "next="
${inEnvOnly}>&2 echo error: there is no \`%~n0\` in the environment, and a %~n0 of another Python can't change it
>&2 echo hint: \`posy add PACKAGE\` adds to the project, \`posy run --with PACKAGE\` to a single run
exit /b 1
${startNext}`);

/**
 * `uv.cmd`, which does on Windows what `uvScript` does elsewhere. `cmd` splits arguments at `=`, so `--target=there` is
 * two words. What a requirement contains, such as `>`, must not be expanded before `cmd` reads the line.
 */
export const uvBatch = crlf(`@echo off
setlocal
set "next="
${inEnvOnly}set "action="
set "previous="
set "packages="
set "elsewhere=%UV_PYTHON%%UV_SYSTEM_PYTHON%"
:word
if "%~1"=="" goto checked
set "word=%~1"
set "begin=%word:~0,2%"
if "%begin%"=="-t" set elsewhere=1
if "%begin%"=="-p" set elsewhere=1
for %%o in (--target --prefix --system --dry-run --help -h --python) do if "%word%"=="%%o" set elsewhere=1
if "%begin:~0,1%"=="-" goto next
if defined action (
  set "packages=%packages% %word%"
  goto next
)
if not "%previous%"=="pip" goto next
for %%a in (install uninstall sync) do if "%word%"=="%%a" set action=%%a
:next
set "previous=%word%"
shift
goto word
:checked
if not defined action goto start
if defined elsewhere goto start
>&2 echo error: \`uv pip %action%\` would change an environment that Posy never changes, because projects share it
if not defined packages set "packages= PACKAGE"
if "%action%"=="sync" set "packages= -r%packages: PACKAGE= FILE%"
setlocal EnableDelayedExpansion
if "%action%"=="uninstall" (
  >&2 echo hint: \`posy remove!packages!\` removes it from the project
) else (
  >&2 echo hint: \`posy add!packages!\` adds it to the project, \`posy run --with PACKAGE\` to a single run
)
exit /b 1
${startNext}`);
