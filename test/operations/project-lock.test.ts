import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { type Locked, type LockJob, writeLock } from "../../src/operations/locking/lock-env.ts";
import { writeChange } from "../../src/operations/locking/project-change.ts";
import { openProject } from "../../src/operations/session/project-session.ts";
import { withProjectLock } from "../../src/operations/session/with-project-lock.ts";
import { recordingReporter } from "../support/recording-reporter.ts";

const root = mkdtempSync(join(tmpdir(), "posy-project-lock-"));
after(() => rmSync(root, { recursive: true, force: true }));

const path = join(root, "pyproject.toml");
const text = '[project]\nname = "a"\nversion = "1"\n';

async function open() {
  const reporter = recordingReporter();
  const environment = { POSY_HOME: join(root, ".home"), HOME: root };
  const session = await openProject({}, { reporter, environment, cwd: root });
  return { session, reporter };
}

test("withProjectLock lets one change wait for another, and gives it the changed project", async () => {
  writeFileSync(path, text);
  const [first, second] = [await open(), await open()];
  const order: string[] = [];
  await Promise.all([
    withProjectLock(first.session, async () => {
      order.push("first begins");
      await setTimeout(200);
      writeFileSync(path, `${text}description = "new"\n`);
      order.push("first ends");
    }),
    setTimeout(50).then(() =>
      withProjectLock(second.session, async (locked) => {
        order.push("second begins");
        assert.match(locked.text, /description = "new"/);
        assert.equal(locked.textOnDisk, locked.text);
      }),
    ),
  ]);
  assert.deepEqual(order, ["first begins", "first ends", "second begins"]);
  assert.deepEqual(first.reporter.warnings(), []);
  assert.deepEqual(second.reporter.warnings(), [`waiting for another posy that changes \`${root}\``]);
});

test("writeLock leaves the lock to the process that changed the project", async () => {
  writeFileSync(path, text);
  const { session } = await open();
  const lock = join(root, "pylock.toml");
  const job = { path: lock } as LockJob;
  const outcome = { text: "lock\n", unchanged: false } as Locked;
  await writeLock(job, outcome, session.project);
  assert.equal(readFileSync(lock, "utf8"), "lock\n");
  writeFileSync(path, `${text}description = "newer"\n`);
  await writeLock(job, { ...outcome, text: "of the old project\n" }, session.project);
  assert.equal(readFileSync(lock, "utf8"), "lock\n");
});

test("writeChange writes nothing if the file changed in the meantime", async () => {
  writeFileSync(path, "# of an editor\n");
  const change = {
    path,
    textOnDisk: text,
    before: text,
    text: `${text}# more\n`,
    locks: [],
    writesLocks: true,
  };
  await assert.rejects(writeChange(change), {
    code: "filesystem",
    message: /changed while Posy worked on it/,
  });
  assert.equal(readFileSync(path, "utf8"), "# of an editor\n");
});
