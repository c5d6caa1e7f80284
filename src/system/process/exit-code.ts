import { openKernel32 } from "../machine/windows-ffi.ts";

/**
 * Exit codes of Windows have 32 bits: 0xC0000005 after an access violation, 0xC000013A after Ctrl-C. Bun keeps only
 * the lowest eight, of its children and of itself (https://github.com/oven-sh/bun/pull/33720), so that some failures
 * would even look like success. The functions here ask Windows instead.
 */
function openKernel() {
  return openKernel32({
    OpenProcess: { args: ["u32", "i32", "u32"], returns: "ptr" },
    GetExitCodeProcess: { args: ["ptr", "ptr"], returns: "i32" },
    CloseHandle: { args: ["ptr"], returns: "i32" },
    ExitProcess: { args: ["u32"], returns: "void" },
  });
}

let kernel: ReturnType<typeof openKernel> | "unopened" = "unopened";

function openOnce(): ReturnType<typeof openKernel> {
  if (kernel === "unopened") kernel = openKernel();
  return kernel;
}

/** The right to ask for the exit code of a process: `PROCESS_QUERY_LIMITED_INFORMATION`. */
const mayQuery = 0x1000;

/**
 * Prepares to read the exit code of a child. Call it right after the start of the child, while its process id cannot
 * belong to another process. Call the result once, after the child has ended, with the status that the runtime
 * reports: it returns the whole exit code, or that status if a signal ended the child or nothing else is known.
 */
export function watchExitCode(pid: number | undefined): (status: number | null) => number | null {
  const functions = pid === undefined ? undefined : openOnce();
  const handle = functions?.OpenProcess(mayQuery, 0, pid ?? 0) ?? null;
  if (functions === undefined || handle === null) return (status) => status;
  return (status) => {
    const code = new Uint32Array(1);
    const isKnown = functions.GetExitCodeProcess(handle, code) !== 0;
    functions.CloseHandle(handle);
    return isKnown && status !== null ? (code[0] ?? status) : status;
  };
}

/** Ends this process with an exit code of up to 32 bits, after everything that waits for its end. */
export function exitWith(status: number): never {
  process.on("exit", () => openOnce()?.ExitProcess(status));
  process.exit(status);
}
