/**
 * The script that runs in the build's Python, in a fresh process for each hook (PEP 517). It loads the backend, calls
 * the hook and writes the result into a file. The standard streams belong to the backend and are never read as a
 * result. Runs on Python 3.3 and later. `argv[1]` is the path of the request, which `runHook` writes.
 */
export const hookScript = String.raw`
import json
import os
import sys


def watch():
    """Starts a watcher process that ends this process group when Posy is gone.

    Standard input is a pipe whose other end only Posy has. The watcher has a session of its own, so it survives the
    signals that it sends. It is not a child of this process, so os.wait() in a backend does not return it.
    """
    if os.name != "posix" or os.getpgrp() != os.getpid():
        return
    group = os.getpgrp()
    parent = os.getppid()
    try:
        child = os.fork()
    except OSError:
        return
    if child:
        os.waitpid(child, 0)
        return
    try:
        os.setsid()
        if os.fork():
            os._exit(0)
        import signal
        import time

        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
        while os.read(0, 1):
            pass
        try:
            os.killpg(group, signal.SIGTERM)
            for _ in range(50):
                time.sleep(0.02)
                os.killpg(group, 0)
            os.killpg(group, signal.SIGKILL)
        except OSError:
            # The group has no process any more.
            pass
        here = os.path.dirname(os.path.abspath(__file__))
        for _ in range(100):
            try:
                os.kill(parent, 0)
            except OSError:
                # Posy is gone, so this folder is removed here.
                import shutil

                shutil.rmtree(here, True)
            if not os.path.exists(here):
                break
            time.sleep(0.02)
    finally:
        os._exit(0)


def silence_input():
    """Closes standard input, so that a backend that asks a question does not wait for ever."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)


def correct_include():
    """Corrects INCLUDEPY of a Python that was moved after it was built.

    sysconfig's own paths are computed from the interpreter's location and are right. But setuptools (65.2 to 67.1,
    pypa/setuptools#3786) and others read the variable, and then do not find Python.h. The variable is corrected in
    this process only, because the interpreter's files are shared.
    """
    import sysconfig

    variables = sysconfig.get_config_vars()
    for name, path in (("INCLUDEPY", "include"), ("CONFINCLUDEPY", "platinclude")):
        recorded = variables.get(name)
        actual = sysconfig.get_path(path)
        if recorded and actual and recorded != actual and not os.path.isfile(os.path.join(recorded, "Python.h")):
            if os.path.isfile(os.path.join(actual, "Python.h")):
                variables[name] = actual


def inside(path, folders):
    path = os.path.realpath(path)
    return any(path == folder or path.startswith(os.path.join(folder, "")) for folder in folders)


class Refused(Exception):
    """The hook can't be called. The argument is the reply that says why."""


def load(backend, path):
    from importlib import import_module

    sys.path[:0] = path
    module_name, _, attributes = backend.partition(":")
    try:
        module = import_module(module_name)
    except BaseException as error:
        raise Refused({"kind": "not-loaded", "missing": getattr(error, "name", None)})
    if path:
        folders = [os.path.realpath(folder) for folder in path]
        file = getattr(module, "__file__", None)
        paths = [file] if file else list(getattr(module, "__path__", []))
        if not paths or not all(inside(path, folders) for path in paths):
            raise Refused({"kind": "foreign", "paths": paths})
    backend_object = module
    for name in attributes.split(".") if attributes else []:
        try:
            backend_object = getattr(backend_object, name)
        except AttributeError:
            raise Refused({"kind": "no-object", "name": name})
    return backend_object


def installed():
    """Returns name and version of each installed package, or None if this Python can't list them."""
    try:
        from importlib.metadata import distributions
    except ImportError:
        return None
    return [[package.metadata["Name"], package.version] for package in distributions()]


def write_reply(request, hook, reply):
    """Writes the reply, replacing an earlier one. A forked child of the backend that returns here writes nothing."""
    if os.getpid() != request["process"]:
        return
    part = request["reply"] + ".part"
    with open(part, "w", encoding="utf-8") as file:
        json.dump(dict(reply, hook=hook), file)
    os.replace(part, request["reply"])


def choose(request):
    """Returns the backend, the first of the hooks that it has, and the hook's function."""
    backend = load(request["backend"], request["backendPath"])
    for hook in request["hooks"]:
        function = getattr(backend, hook["name"], None)
        if function is not None:
            return backend, hook, function
    raise Refused({"kind": "no-hook"})


def call(backend, hook, function):
    try:
        answer = function(*hook["arguments"])
    except Exception as error:
        unsupported = getattr(backend, "UnsupportedOperation", None)
        if isinstance(unsupported, type) and isinstance(error, unsupported):
            raise Refused({"kind": "unsupported", "reason": str(error)})
        raise
    if isinstance(answer, (list, tuple)):
        answer = [str(item) for item in answer]
    elif answer is not None:
        answer = str(answer)
    reply = {"kind": "answer", "answer": answer}
    if answer and isinstance(answer, list):
        reply["installed"] = installed()
    return reply


def show(error):
    """Prints the traceback without the frames of this script. For an exit, prints only its message."""
    import traceback

    if isinstance(error, SystemExit):
        if isinstance(error.code, str):
            print(error.code)
        return
    trail = error.__traceback__
    while trail is not None and trail.tb_frame.f_code.co_filename == __file__:
        trail = trail.tb_next
    traceback.print_exception(type(error), error, trail)


def main():
    # This folder is not on the path. The source tree is only if backend-path says so (PEP 517).
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [path for path in sys.path if os.path.abspath(path or os.curdir) != here]
    watch()
    silence_input()
    # One stream for both, so that the lines stay in order.
    os.dup2(1, 2)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(line_buffering=True, errors="backslashreplace")
    with open(sys.argv[1], encoding="utf-8") as file:
        request = json.load(file)
    request["process"] = os.getpid()
    correct_include()
    name = request["hooks"][0]["name"]
    status = 1
    try:
        backend, hook, function = choose(request)
        name = hook["name"]
        write_reply(request, name, {"kind": "calling"})
        reply = call(backend, hook, function)
        status = 0
    except Refused as refusal:
        reply = refusal.args[0]
        if reply["kind"] == "not-loaded":
            show(refusal.__context__)
    except SystemExit as end:
        show(end)
        reply = {"kind": "exited", "status": end.code if isinstance(end.code, int) else int(end.code is not None)}
    except BaseException as error:
        show(error)
        reply = {"kind": "raised", "type": type(error).__name__}
    write_reply(request, name, reply)
    sys.exit(status)


if __name__ == "__main__":
    main()
`;
