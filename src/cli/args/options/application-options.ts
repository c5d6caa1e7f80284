import { group, option, repeated } from "./option.ts";

/** The options of `posy export` that write an application. */
export function applicationOptions() {
  return [
    ...group("Application:", [
      option("--dir <folder>", "Write a folder with interpreter, packages and launchers"),
      option(
        "-t, --target <folder>",
        "Write only the packages, as `pip install --target` does; `NAME.zip` is a zip of them",
      ),
      option("--tar <file>", "Write it as a tar archive (`.tar`, `.tar.gz`); `-` is standard output"),
      option("--zip <file>", "Write it as a zip"),
      option("--app <name>", "Write this program as one file, into the folder of `--output`"),
      option(
        "--pyz <file>",
        "Write the program `--app`, or that of the file's name, for any Python (`.pyz`)",
      ),
      option("--oci <path>", "Write a container image: a folder (OCI image layout), or `NAME.tar`"),
      option("--push <image>", "Push a container image to a registry: `HOST/NAME:TAG`"),
      option("--dockerfile <file>", "Write a Dockerfile that builds the image; `-` is standard output"),
      option("--icon <file>", "The icon of the file on Windows and macOS (`.ico`, `.icns`, `.png`)"),
      option("--windowed", "No console window on Windows, and a bundle (`.app`) on macOS"),
      repeated("--entry-point <name=module:function>", "Add a program (repeatable)"),
      option("--python-only", "Write only the interpreter, without packages"),
      option("--strip", "Remove tests, headers, static libraries and debug sections"),
      option("--compile", "Add bytecode of all modules"),
      option("--copy", "Copy the files of a folder (default)"),
      option("--hardlink", "Hard-link the files of a folder to those of the store"),
      option("--force", "Replace the folder of an earlier export"),
      option("--verify <folder>", "Compare an exported folder with its manifest"),
    ]),
    ...group("Container image:", [
      option(
        "--base <image>",
        "The image below it: `HOST/NAME:TAG`, an image layout, an archive, or `scratch`",
      ),
      option(
        "--build-base <image>",
        "The image in which `--dockerfile` builds, if that of `--base` has no shell",
      ),
      repeated("--image-tag <tag>", "The tag of the image in `--oci` (repeatable; default: `latest`)"),
      option("--image-user <user>", "The user of containers, and perhaps the group: `1000:1000`"),
      option(
        "--image-workdir <folder>",
        "The working directory of containers (default: that of the base, or `/app`)",
      ),
      repeated("--image-label <name=value>", "Add a label (repeatable)"),
      repeated("--image-env <name=value>", "Set a variable in containers (repeatable)"),
      repeated("--image-port <port>", "A port on which the program listens: `8000` (repeatable)"),
      repeated("--image-cmd <argument>", "An argument that a container's command line replaces (repeatable)"),
      option("--image-healthcheck <command>", "A command line for `sh` that checks a container"),
    ]),
  ];
}
