import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve, dirname } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { startFileServer } from "../support/file-server.ts";

const script = resolve("scripts", "install", "install.sh");
const linux = "linux-x86_64";
const onPath = (program: string) =>
  (process.env["PATH"] ?? "").split(":").find((folder) => existsSync(join(folder, program)));

let root: string;
/** The release, the home folder of the user, and a folder of programs that come first in the PATH. */
let release: string;
let home: string;
let programs: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "posy-install-"));
  [release, home, programs] = [join(root, "release"), join(root, "home"), join(root, "programs")];
  for (const folder of [release, home, programs]) mkdirSync(folder);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const sha256 = (bytes: string | Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Writes a release whose program is a script. By default it prints its version, and a text as completions. */
function writeRelease(
  options: { version?: string; body?: string; folder?: string; platforms?: readonly string[] } = {},
): void {
  const { version = "1.2.3", folder = release, platforms = [linux] } = options;
  const body =
    options.body ??
    `case $1 in --version) echo "posy ${version}" ;; completions) echo "complete $2" ;; *) exit 2 ;; esac`;
  mkdirSync(folder, { recursive: true });
  let sums = "";
  for (const platform of platforms) {
    const program = `#!/bin/sh\n# ${platform}\n${body}\n`;
    const packed = gzipSync(program);
    writeFileSync(join(folder, `posy-${platform}`), program);
    writeFileSync(join(folder, `posy-${platform}.gz`), packed);
    sums += `${sha256(program)}  posy-${platform}\n${sha256(packed)}  posy-${platform}.gz\n`;
  }
  writeFileSync(join(folder, "SHA256SUMS"), sums);
}

function writeProgram(name: string, body: string): void {
  writeFileSync(join(programs, name), `#!/bin/sh\n${body}\n`);
  chmodSync(join(programs, name), 0o755);
}

interface Options {
  readonly shell?: readonly string[];
  readonly path?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const environment = ({ path, env }: Options = {}) => ({
  HOME: home,
  PATH: path ?? `${programs}:/usr/bin:/bin`,
  SHELL: "/bin/bash",
  ...env,
});

/** Runs the installer to its end, without a terminal. Asynchronous, since it may ask a server of this process. */
function install(args: readonly string[], options: Options = {}) {
  return new Promise<{ status: number | null; stderr: string }>((settle, fail) => {
    const [shell = "sh", ...shellArgs] = options.shell ?? ["sh"];
    const child = spawn(shell, [...shellArgs, script, ...args], {
      cwd: root,
      env: environment(options),
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stderr = "";
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.on("error", fail);
    child.on("close", (status) => settle({ status, stderr }));
  });
}

const fromRelease = (...args: string[]) => ["--from", release, "--platform", linux, ...args];
const installed = () => join(home, ".local", "bin", "posy");

/** Asserts that a run failed with this message, and that it left nothing in the home folder. */
async function assertRefused(run: ReturnType<typeof install>, message: RegExp, status = 1): Promise<void> {
  const { status: actual, stderr } = await run;
  assert.match(stderr, message);
  assert.match(stderr, /^hint: /m);
  assert.equal(actual, status);
  assert.deepEqual(readdirSync(home), []);
}

describe("install.sh", { skip: process.platform === "win32" }, () => {
  const shells: [string, readonly string[]][] = [
    ["dash", ["dash"]],
    ["bash", ["bash"]],
    ["busybox", ["busybox", "sh"]],
    ["zsh", ["zsh"]],
  ];
  for (const [name, shell] of shells) {
    test(`installs Posy from a folder in ${name}`, { skip: onPath(name) === undefined }, async () => {
      writeRelease();
      const { status, stderr } = await install(fromRelease("--no-completions"), { shell });
      assert.equal(status, 0, stderr);
      assert.match(stderr, /^installed posy 1\.2\.3 to /m);
      assert.equal(statSync(installed()).mode & 0o777, 0o755);
      assert.deepEqual(readdirSync(join(home, ".local", "bin")), ["posy"]);
    });
  }

  for (const client of ["curl", "wget"]) {
    test(`downloads from a URL with ${client}`, { skip: onPath(client) === undefined }, async () => {
      writeRelease();
      await using server = await startFileServer(release);
      // Only the tools that the installer needs, so that the other client is missing.
      const tools =
        "sh cat sed uname head tail od tr getconf ldd cut mkdir rm rmdir mv chmod gzip grep sha256sum";
      for (const tool of [...tools.split(" "), client]) {
        const folder = onPath(tool);
        if (folder !== undefined) symlinkSync(join(folder, tool), join(programs, tool));
      }
      const args = ["--from", server.url, "--platform", linux, "--no-completions"];
      const { status, stderr } = await install(args, { path: programs });
      assert.equal(status, 0, stderr);
      assert.ok(existsSync(installed()));
      assert.deepEqual(server.requests, ["/SHA256SUMS", `/posy-${linux}.gz`]);
    });
  }

  test("names the address that cannot be read", async () => {
    await using server = await startFileServer(release);
    await assertRefused(
      install(["--from", `${server.url}nothing`, "--platform", linux]),
      /^error: `http:\/\/127\.0\.0\.1:\d+\/nothing\/SHA256SUMS` can't be read: .*404/m,
    );
  });

  test("uses the folder that it is in if no release is named", async () => {
    writeRelease();
    writeFileSync(join(release, "install.sh"), readFileSync(script));
    const run = spawnSync("sh", [join(release, "install.sh"), "--platform", linux], {
      env: environment(),
      encoding: "utf8",
    });
    assert.equal(run.status, 0, run.stderr);
  });

  test("asks for the release if it is in no folder with one", async () => {
    await assertRefused(install(["--platform", linux]), /it is not known where to install from/, 2);
  });

  test("downloads the uncompressed file if there is no gzip", async () => {
    writeRelease();
    rmSync(join(release, `posy-${linux}.gz`));
    const sums = readFileSync(join(release, "SHA256SUMS"), "utf8");
    writeFileSync(join(release, "SHA256SUMS"), sums.replace(/.*\.gz\n/, ""));
    const { status, stderr } = await install(fromRelease());
    assert.equal(status, 0, stderr);
  });

  test("refuses a file that has not the checksum of the release", async () => {
    writeRelease();
    writeFileSync(join(release, `posy-${linux}.gz`), gzipSync("#!/bin/sh\necho evil\n"));
    await assertRefused(
      install(fromRelease()),
      /^error: `posy-linux-x86_64\.gz` is damaged: its SHA-256 is /m,
    );
  });

  test("refuses a release that has no file for the platform", async () => {
    writeRelease({ platforms: ["macos-arm64"] });
    await assertRefused(install(fromRelease()), /^error: the release `.*` has no `posy-linux-x86_64`$/m);
  });

  test("refuses a program that does not run here, and keeps the old one", async () => {
    writeRelease();
    assert.equal((await install(fromRelease("--no-completions"))).status, 0);
    writeRelease({ body: "echo 'Error loading shared library libstdc++.so.6' >&2; exit 127" });
    const { status, stderr } = await install(fromRelease());
    assert.equal(status, 1);
    assert.match(
      stderr,
      /does not run on this machine \(exit status 127\)\nhint: install the libraries of C\+\+/,
    );
    assert.match(readFileSync(installed(), "utf8"), /posy 1\.2\.3/);
    assert.deepEqual(readdirSync(join(home, ".local", "bin")), ["posy"]);
  });

  test("installs the named version, from a folder of its own or not", async () => {
    writeRelease();
    writeRelease({ version: "1.0.0", folder: join(release, "1.0.0") });
    for (const [asked, printed] of [
      ["1.0.0", "1.0.0"],
      ["v1.2.3", "1.2.3"],
    ] as const) {
      const { status, stderr } = await install(fromRelease("--version", asked));
      assert.equal(status, 0, stderr);
      assert.match(stderr, new RegExp(`^installed posy ${printed.replaceAll(".", "\\.")} to`, "m"));
    }
  });

  test("refuses a release with another version", async () => {
    writeRelease();
    await assertRefused(install(fromRelease("--version=9.9.9")), /has posy 1\.2\.3, not 9\.9\.9$/m);
  });

  test("refuses unknown options and options without a value", async () => {
    await assertRefused(install(["--frob"]), /^error: there is no option `--frob`$/m, 2);
    await assertRefused(install(["--dir"]), /^error: `--dir` needs a value$/m, 2);
  });

  test("refuses a folder that cannot be made or written to", async () => {
    writeRelease();
    writeFileSync(join(root, "file"), "");
    await assertRefused(
      install(fromRelease("--dir", join(root, "file", "bin"))),
      /^error: the folder `.*\/file\/bin` can't be made: /m,
    );
    mkdirSync(join(root, "taken", "posy"), { recursive: true });
    await assertRefused(
      install(fromRelease("--dir", join(root, "taken"))),
      /^error: `.*\/taken\/posy` is a folder$/m,
    );
  });

  test("leaves nothing behind if the disk is full", async () => {
    writeRelease({ body: `echo posy 1.2.3\nexit\n# ${"random ".repeat(100_000)}` });
    const shell = ["sh", "-c", 'ulimit -f 100; trap "" XFSZ; exec sh "$@"', "sh"];
    await assertRefused(
      install(fromRelease(), { shell }),
      /^error: `posy-linux-x86_64\.gz` can't be unpacked: /m,
    );
  });

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    test(`leaves nothing behind if ${signal} interrupts it`, async () => {
      // The test of the new program takes long.
      writeRelease({ body: `touch "${join(root, "started")}"; sleep 60` });
      const child = spawn("sh", [script, ...fromRelease()], {
        env: environment(),
        detached: true,
        stdio: "ignore",
      });
      const ended = new Promise<number | null>((settle) => child.on("close", settle));
      while (!existsSync(join(root, "started"))) await new Promise((done) => setTimeout(done, 20));
      // A terminal sends the signal to all programs of the group.
      process.kill(-(child.pid ?? 0), signal);
      assert.notEqual(await ended, 0);
      assert.deepEqual(readdirSync(home), []);
    });
  }

  test("removes what an installer that was killed left behind", async () => {
    writeRelease();
    mkdirSync(join(home, ".local", "bin", ".posy-install.999999999"), { recursive: true });
    assert.equal((await install(fromRelease("--no-completions"))).status, 0);
    assert.deepEqual(readdirSync(join(home, ".local", "bin")), ["posy"]);
  });

  test("does nothing if the script itself was downloaded only in part", () => {
    writeRelease();
    const text = readFileSync(script, "utf8");
    for (let length = 0; length < text.length - 12; length += 997) {
      spawnSync("sh", ["-s", "--", ...fromRelease()], { env: environment(), input: text.slice(0, length) });
      assert.deepEqual(readdirSync(home), [], `with ${length} characters`);
    }
  });

  // macOS refuses to run a program with this attribute. `xattr` is a stand-in, and the program looks what it did.
  for (const [title, status] of [
    ["removes the attribute of a browser's download before the program starts", 0],
    ["installs a program that has no such attribute", 1],
  ] as const) {
    test(`on a Mac, ${title}`, async () => {
      writeRelease();
      writeProgram("xattr", `echo "$@" >> '${join(root, "xattr.log")}'; exit ${status}`);
      const { status: ended, stderr } = await install(fromRelease("--no-completions"));
      assert.equal(ended, 0, stderr);
      assert.match(
        readFileSync(join(root, "xattr.log"), "utf8"),
        new RegExp(`^-d com\\.apple\\.quarantine .*/posy-${linux}\n$`),
      );
      assert.ok(existsSync(installed()));
    });
  }

  test("installs to XDG_BIN_HOME if it is set", async () => {
    writeRelease();
    const env = { XDG_BIN_HOME: join(root, "programs of me") };
    assert.equal((await install(fromRelease("--no-completions"), { env })).status, 0);
    assert.deepEqual(readdirSync(join(root, "programs of me")), ["posy"]);
    assert.deepEqual(readdirSync(home), []);
  });
});

describe("the platform that install.sh chooses", { skip: process.platform === "win32" }, () => {
  const platforms = ["linux-x86_64", "linux-aarch64", "linux-x86_64-musl", "macos-arm64", "macos-x86_64"];
  const cases: [name: string, fakes: Record<string, string>, platform: string][] = [
    ["glibc on x86-64", { uname: fakeUname("Linux", "x86_64"), getconf: "echo glibc 2.36" }, "linux-x86_64"],
    ["glibc on arm64", { uname: fakeUname("Linux", "aarch64"), getconf: "echo glibc 2.17" }, "linux-aarch64"],
    [
      "glibc without getconf",
      { uname: fakeUname("Linux", "x86_64"), getconf: "exit 1", ldd: "echo 'ldd (GNU libc) 2.31'" },
      "linux-x86_64",
    ],
    [
      "musl, whose ldd fails",
      {
        uname: fakeUname("Linux", "x86_64"),
        getconf: "exit 1",
        ldd: "echo 'musl libc (x86_64)' >&2; exit 1",
      },
      "linux-x86_64-musl",
    ],
    ["a Mac", { uname: fakeUname("Darwin", "arm64"), sw_vers: "echo 14.6" }, "macos-arm64"],
    [
      "a Mac under Rosetta",
      { uname: fakeUname("Darwin", "x86_64"), sysctl: "echo 1", sw_vers: "echo 14.6" },
      "macos-arm64",
    ],
    [
      "a Mac with an Intel processor",
      { uname: fakeUname("Darwin", "x86_64"), sysctl: "exit 1", sw_vers: "echo 13.0" },
      "macos-x86_64",
    ],
  ];
  for (const [name, fakes, platform] of cases) {
    const muslMissing = platform.endsWith("-musl") && !existsSync("/lib/ld-musl-x86_64.so.1");
    test(`is right for ${name}`, { skip: muslMissing }, async () => {
      writeRelease({ platforms });
      for (const [program, body] of Object.entries(fakes)) writeProgram(program, body);
      const { status, stderr } = await install(["--from", release, "--no-completions"]);
      assert.equal(status, 0, stderr);
      assert.match(stderr, new RegExp(`^installing Posy for ${platform} from `, "m"));
      assert.match(readFileSync(installed(), "utf8"), new RegExp(`^# ${platform}$`, "m"));
    });
  }

  const refusals: [name: string, fakes: Record<string, string>, message: RegExp][] = [
    ["an unknown processor", { uname: fakeUname("Linux", "riscv64") }, /no Posy for `Linux` on `riscv64`/],
    ["a 32-bit processor", { uname: fakeUname("Linux", "armv7l") }, /no Posy for `Linux` on `armv7l`/],
    ["an unknown system", { uname: fakeUname("FreeBSD", "amd64") }, /no Posy for `FreeBSD` on `amd64`/],
    [
      "a shell on Windows",
      { uname: fakeUname("MINGW64_NT-10.0", "x86_64") },
      /this script is for Linux and macOS/,
    ],
    [
      "a glibc that is too old",
      { uname: fakeUname("Linux", "x86_64"), getconf: "echo glibc 2.12" },
      /the C library of this system, glibc 2\.12, is too old/,
    ],
    [
      "a macOS that is too old",
      { uname: fakeUname("Darwin", "arm64"), sw_vers: "echo 12.7.1" },
      /macOS 12\.7\.1 is too old/,
    ],
  ];
  for (const [name, fakes, message] of refusals) {
    test(`is refused for ${name}`, async () => {
      writeRelease({ platforms });
      for (const [program, body] of Object.entries(fakes)) writeProgram(program, body);
      await assertRefused(install(["--from", release]), message);
    });
  }

  test("is refused if the user names an unknown one", async () => {
    await assertRefused(
      install(["--from", release, "--platform", "linux-sparc"]),
      /no Posy for the platform `linux-sparc`/,
    );
  });
});

function fakeUname(system: string, machine: string): string {
  return `case $1 in -s) echo ${system} ;; -m) echo ${machine} ;; esac`;
}

describe("what install.sh changes besides the program", { skip: process.platform === "win32" }, () => {
  const profile = () => join(home, ".bashrc");

  test("is not the PATH, unless the user agrees", async () => {
    writeRelease();
    const { stderr } = await install(fromRelease());
    assert.match(stderr, /^to use it, add the folder to the PATH: export PATH="/m);
    assert.equal(existsSync(profile()), false);
  });

  test("is one line of the profile with `--modify-path`, however often it runs", async () => {
    writeRelease();
    writeFileSync(profile(), "alias ll='ls -l'\n");
    for (let run = 0; run < 2; run++) await install(fromRelease("--modify-path"));
    const { stdout } = spawnSync("bash", ["-c", `. "${profile()}"; command -v posy`], {
      env: environment(),
      encoding: "utf8",
    });
    assert.equal(stdout.trim(), installed());
    assert.equal(readFileSync(profile(), "utf8").match(/installer of Posy/g)?.length, 1);
    // `posy tool update-shell` adds the line to the profile of login shells, too.
    const login = join(dirname(profile()), ".bash_profile");
    writeFileSync(login, `umask 22\nexport PATH="x:$PATH" # added by the installer of Posy\n`);
    assert.equal((await install(["--uninstall"])).status, 0);
    assert.equal(readFileSync(login, "utf8"), "umask 22\n");
    assert.equal(readFileSync(profile(), "utf8"), "alias ll='ls -l'\n");
    assert.equal(existsSync(installed()), false);
  });

  test("is a path that is quoted, whatever its characters are", async () => {
    writeRelease();
    const folder = join(root, 'a "$b` c');
    await install(fromRelease("--modify-path", "--dir", folder));
    const { stdout } = spawnSync("sh", ["-c", `. "${profile()}"; command -v posy`], {
      env: environment(),
      encoding: "utf8",
    });
    assert.equal(stdout.trim(), join(folder, "posy"));
  });

  for (const [shell, file] of [
    ["zsh", ".zshenv"],
    ["fish", ".config/fish/conf.d/posy.fish"],
    ["sh", ".profile"],
  ] as const) {
    test(`is the profile of ${shell} for its users`, async () => {
      writeRelease();
      await install(fromRelease("--modify-path"), { env: { SHELL: `/bin/${shell}` } });
      assert.match(readFileSync(join(home, file), "utf8"), /\.local\/bin/);
    });
  }

  for (const [answer, added] of [
    ["y", true],
    ["n", false],
  ] as const) {
    test(`is the PATH at a terminal, after the answer ${answer}`, {
      skip: onPath("script") === undefined,
    }, () => {
      writeRelease();
      const command = `sh '${script}' --from '${release}' --platform ${linux}`;
      const { stdout } = spawnSync("script", ["-qec", command, "/dev/null"], {
        env: environment(),
        input: `${answer}\n`,
        encoding: "utf8",
      });
      assert.match(stdout, /is not in the PATH\. Add it in .*\.bashrc\? \[y\/N\]/);
      assert.equal(existsSync(profile()), added);
    });
  }

  test("is the completions of the shells, which the uninstaller removes", async () => {
    writeRelease();
    await install(fromRelease());
    const file = join(home, ".local", "share", "bash-completion", "completions", "posy");
    assert.equal(readFileSync(file, "utf8"), "complete bash\n");
    const { status, stderr } = await install(["--uninstall"]);
    assert.equal(status, 0, stderr);
    assert.equal(existsSync(file), false);
  });

  test("is nothing if Posy is to be removed and is not there", async () => {
    await assertRefused(install(["--uninstall"]), /^error: Posy is not installed in `.*\/\.local\/bin`$/m);
  });
});
