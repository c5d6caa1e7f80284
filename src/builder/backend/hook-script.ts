/**
 * What runs in the build's Python, a fresh process for each hook (PEP 517): it loads the backend, calls the hook and
 * writes what it got into a file. What goes to the standard streams belongs to the backend and is never read as an
 * answer. Runs on Python 3.3 and later; `argv[1]` is the request (see `HookRequest`).
 */
export const hookScript = String.raw`
import json
import os
import sys


def watch():
    """Leaves a process behind that ends this process group when the one that started it is gone.

    Standard input is a pipe whose other end only that one has. In a session of its own the watcher outlives the
    signals that it sends, and nobody's os.wait() meets it, since it is nobody's child.
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
            # There is nobody left in the group.
            pass
        here = os.path.dirname(os.path.abspath(__file__))
        for _ in range(100):
            try:
                os.kill(parent, 0)
            except OSError:
                # Nobody else removes this folder then.
                import shutil

                shutil.rmtree(here, True)
            if not os.path.exists(here):
                break
            time.sleep(0.02)
    finally:
        os._exit(0)


def silence_input():
    """A backend that asks a person gets the end of the file, instead of waiting for ever."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)


def correct_include():
    """A Python that lies elsewhere than it was built for still has its builder's folders in INCLUDEPY.

    sysconfig's own paths count from where it lies and are right, but setuptools (65.2 to 67.1, pypa/setuptools#3786)
    and others believe the variable, and then Python.h is not found. It is put right in this process only: the
    interpreter's files are shared by everyone, and other people's may not be changed at all.
    """
    import sysconfig

    variables = sysconfig.get_config_vars()
    for name, path in (("INCLUDEPY", "include"), ("CONFINCLUDEPY", "platinclude")):
        said = variables.get(name)
        true = sysconfig.get_path(path)
        if said and true and said != true and not os.path.isfile(os.path.join(said, "Python.h")):
            if os.path.isfile(os.path.join(true, "Python.h")):
                variables[name] = true


def inside(path, folders):
    path = os.path.realpath(path)
    return any(path == folder or path.startswith(os.path.join(folder, "")) for folder in folders)


class Refused(Exception):
    """What is to be said instead of calling the hook; already told in the words of the reply."""


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
        place = getattr(module, "__file__", None)
        places = [place] if place else list(getattr(module, "__path__", []))
        if not places or not all(inside(place, folders) for place in places):
            raise Refused({"kind": "foreign", "places": places})
    found = module
    for name in attributes.split(".") if attributes else []:
        try:
            found = getattr(found, name)
        except AttributeError:
            raise Refused({"kind": "no-object", "name": name})
    return found


def installed():
    """What the environment has, as name and version; None where this Python can't say."""
    try:
        from importlib.metadata import distributions
    except ImportError:
        return None
    return [[found.metadata["Name"], found.version] for found in distributions()]


def tell(request, hook, reply):
    """Writes what is known so far; the last that is written counts. A fork of the backend that ends up here does not."""
    if os.getpid() != request["process"]:
        return
    part = request["reply"] + ".part"
    with open(part, "w", encoding="utf-8") as file:
        json.dump(dict(reply, hook=hook), file)
    os.replace(part, request["reply"])


def choose(request):
    """The first of the hooks that the backend has, as name and callable; the first name of all where it has none."""
    backend = load(request["backend"], request["backendPath"])
    for wish in request["hooks"]:
        hook = getattr(backend, wish["name"], None)
        if hook is not None:
            return backend, wish, hook
    raise Refused({"kind": "no-hook"})


def call(backend, wish, hook):
    try:
        answer = hook(*wish["arguments"])
    except Exception as error:
        unsupported = getattr(backend, "UnsupportedOperation", None)
        if isinstance(unsupported, type) and isinstance(error, unsupported):
            raise Refused({"kind": "unsupported", "said": str(error)})
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
    """The traceback without our own frames. An exit is no error of anybody's code: only what it says."""
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
    # Neither this folder nor the source tree is on the path unless the tree asks for it (PEP 517).
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [path for path in sys.path if os.path.abspath(path or os.curdir) != here]
    watch()
    silence_input()
    # One stream, so that what is said stays in the order in which it was said.
    os.dup2(1, 2)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(line_buffering=True, errors="backslashreplace")
    with open(sys.argv[1], encoding="utf-8") as file:
        request = json.load(file)
    request["process"] = os.getpid()
    correct_include()
    hook = request["hooks"][0]["name"]
    status = 1
    try:
        backend, wish, function = choose(request)
        hook = wish["name"]
        tell(request, hook, {"kind": "calling"})
        reply = call(backend, wish, function)
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
    tell(request, hook, reply)
    sys.exit(status)


if __name__ == "__main__":
    main()
`;
