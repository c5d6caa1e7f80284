import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { manifestOfScript, withManifest } from "../../../src/project/script/script-manifest.ts";

const path = "/s/a.py";
const block = "# /// script\n# dependencies = []\n# ///\n";

describe("manifestOfScript", () => {
  test("gives each line the number that it has in the script", () => {
    const manifest = manifestOfScript(`#!/usr/bin/env python\n\n${block}print()\n`, path);
    assert.equal(manifest, "\n\n[project]\ndependencies = []\n");
  });
});

const inserted = "# /// script\n# x = 1\n# ///\n";
const cases: readonly { title: string; script: string; after: string }[] = [
  { title: "an empty file", script: "", after: inserted },
  { title: "code", script: "print()\n", after: `${inserted}\nprint()\n` },
  { title: "an empty line first", script: "\nprint()\n", after: `${inserted}\nprint()\n` },
  {
    title: "a comment, which would belong to the block",
    script: "# Hello\n",
    after: `${inserted}\n# Hello\n`,
  },
  {
    title: "a `#!` line",
    script: "#!/usr/bin/env python\nx\n",
    after: `#!/usr/bin/env python\n${inserted}\nx\n`,
  },
  { title: "only a `#!` line", script: "#!/usr/bin/python", after: `#!/usr/bin/python\n${inserted}` },
  {
    title: "a `#!` line and an encoding",
    script: "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\nx\n",
    after: `#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n${inserted}\nx\n`,
  },
  {
    title: "an encoding",
    script: "# vim: set fileencoding=utf-8 :\nx\n",
    after: `# vim: set fileencoding=utf-8 :\n${inserted}\nx\n`,
  },
  { title: "a byte order mark", script: "\uFEFFx\n", after: `\uFEFF${inserted}\nx\n` },
  { title: "CRLF", script: "x\r\n", after: `${inserted.replaceAll("\n", "\r\n")}\r\nx\r\n` },
];

describe("withManifest", () => {
  for (const { title, script, after } of cases) {
    test(`inserts a block into a script with ${title}`, () => {
      assert.equal(withManifest(script, "[project]\nx = 1\n", path), after);
    });
  }

  test("replaces only the lines of the block", () => {
    const script = `#!/usr/bin/env python\r\n# /// script\r\n# dependencies = []\r\n# ///\r\nx = "\t"  \r\ny`;
    assert.equal(
      withManifest(script, '\n[project]\ndependencies = ["six"]\n\n[tool.posy]\n', path),
      `#!/usr/bin/env python\r\n# /// script\r\n# dependencies = ["six"]\r\n#\r\n# [tool.posy]\r\n# ///\r\nx = "\t"  \r\ny`,
    );
  });

  const toml = fc.array(fc.constantFrom('x = "1"', "", "[tool.posy]", "# note", "  y = 2"), { maxLength: 6 });
  const code = fc.array(fc.constantFrom("", "print()", "#!x", "# note", "#", "'''# ///'''"), {
    maxLength: 5,
  });
  test("gives back every script whose block it read", () => {
    fc.assert(
      fc.property(code, toml, code, fc.constantFrom("\n", "\r\n"), (before, lines, after, lineBreak) => {
        const content = lines.map((line) => (line === "" ? "#" : `# ${line}`));
        // An empty line at the end of a block has no meaning, and is not kept.
        while (content.at(-1) === "#") content.pop();
        const script = [...before, "# /// script", ...content, "# ///", "", ...after].join(lineBreak);
        const manifest = manifestOfScript(script, path);
        assert.equal(withManifest(script, manifest ?? "", path), script);
      }),
      { numRuns: 2000 },
    );
  });
});
