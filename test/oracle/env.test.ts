import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { isIntact } from "../../src/forest/envs/seal.ts";
import { fakeForest, fakePython } from "../support/fake-forest.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { askPython } from "../support/oracle.ts";

const facts = `
import json, os, sys, sysconfig
base = getattr(sys, "_base_executable", None) or sys.executable
print(json.dumps([os.path.realpath(base), "%d.%d.%d" % sys.version_info[:3]]))
`;

const tell = `
import importlib.metadata as m, json, ns.a, ns.b, os, single, site, sys
d = m.distribution("full")
print(json.dumps({
  "prefix": sys.prefix, "path": [p for p in sys.path if not p.startswith(sys.base_prefix)], "user": site.ENABLE_USER_SITE,
  "versions": sorted((x.metadata["Name"], x.version) for x in m.distributions()),
  "installer": d.read_text("INSTALLER"), "requested": d.read_text("REQUESTED"),
  "missing": [str(f) for x in m.distributions() for f in x.files if not os.path.exists(x.locate_file(f))],
  "pth": hasattr(sys, "from_pth"), "header": os.path.exists(os.path.join(sys.prefix, "share/full/x.json")),
}))
`;

test("a real Python in an Env sees the packages in it, however it is started", async () => {
  const [executable, version] = await askPython<[string, string]>(facts, null);
  await using fake = await fakeForest();
  const python = await fakePython(join(fake.root, "unused"), {
    version,
    source: { kind: "adopted", executable, fingerprint: "1" },
  });
  await using grown = await fakeForest({ python });
  const main = "import sys\ndef main():\n    print(sys.prefix, sys.argv[1:])\n    return 3\n";
  const full = makeWheel({
    name: "full",
    files: {
      "ns/a.py": "",
      "single.py": main,
      "full.pth": "import sys; sys.from_pth = True\n",
      "full-1.0.data/data/share/full/x.json": "{}",
      "full-1.0.data/headers/full.h": "",
      "full-1.0.data/scripts/script": `#!python\n${main}main()\n`,
    },
    entryPoints: { "x.y": "single:main" },
  });
  const env = await grown.grow(
    [full, makeWheel({ name: "other", version: "2.0", files: { "ns/b.py": "" } })],
    {
      full: { requested: true },
    },
  );
  const expected = {
    prefix: env.prefix,
    path: [env.sitePackages],
    user: false,
    versions: [
      ["full", "1.0"],
      ["other", "2.0"],
    ],
    installer: "posy\n",
    requested: "",
    missing: [],
    pth: true,
    header: true,
  };
  for (const flags of [["-I"], ["-E"], ["-s"], []]) {
    const run = spawnSync(env.python, [...flags, "-c", tell], { encoding: "utf8", env: {}, cwd: "/" });
    assert.equal(run.status, 0, run.stderr);
    const told = JSON.parse(run.stdout);
    told.path = told.path.filter((path: string) => path !== "");
    if (flags[0] === "-I") assert.deepEqual(told, expected);
    else assert.deepEqual({ ...told, user: false }, expected);
  }
  // The launchers are started by sh, because the path has a space.
  for (const [script, status] of [
    ["x.y", 3],
    ["script", 0],
  ] as const) {
    const run = spawnSync(join(env.scripts, script), ["a b", ""], { encoding: "utf8", env: {} });
    assert.equal(run.stdout, `${env.prefix} ['a b', '']\n`, run.stderr);
    assert.equal(run.status, status);
  }
  // All sources in site-packages come from one wheel, so their bytecode is shared in the store. Writing it changes no
  // folder of the Env.
  spawnSync(env.python, ["-c", "import ns.a, single"], { env: {} });
  assert.ok(isIntact(env.prefix));
  const stored = readdirSync(join(grown.home.wheels, full.sha256, "site", "__pycache__"));
  assert.deepEqual(
    stored.map((name) => name.split(".")[0]),
    ["single"],
  );
});
