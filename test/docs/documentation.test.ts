import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { pipSettings } from "../../src/project/configuration/pip-settings.ts";
import { uvSettings } from "../../src/project/configuration/uv-settings.ts";
import { irrelevant } from "../../src/project/configuration/handling.ts";
import { posyKeys } from "../../src/project/pyproject/read-posy-settings.ts";

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync("docs", { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
];
const settings = readFileSync("docs/reference/settings.md", "utf8");

/** The anchors of a page's headings, as forges of source code make them. */
function anchorsOf(page: string): ReadonlySet<string> {
  const text = readFileSync(page, "utf8").replaceAll(/^```[\s\S]*?^```/gm, "");
  return new Set(
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w -]/g, "")
        .replaceAll(" ", "-"),
    ),
  );
}

test("every link in the documentation leads to an existing file and heading", () => {
  const broken: string[] = [];
  for (const page of pages) {
    for (const [, link = ""] of readFileSync(page, "utf8").matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(link)) continue;
      const [file = "", anchor] = link.split("#");
      const path = file === "" ? page : normalize(join(dirname(page), file));
      const leads = existsSync(path) && (anchor === undefined || anchorsOf(path).has(anchor));
      if (!leads) broken.push(`${page}: ${link}`);
    }
  }
  assert.deepEqual(broken, []);
});

test("every page can be reached from the index page", () => {
  const index = readFileSync("docs/index.md", "utf8");
  const unlinked = pages.filter(
    (page) => page.startsWith(`docs`) && page !== join("docs", "index.md") && !index.includes(page.slice(5)),
  );
  assert.deepEqual(unlinked, []);
});

test("prose is wrapped at 120 columns", () => {
  const long: string[] = [];
  for (const page of pages) {
    const prose = readFileSync(page, "utf8")
      .replaceAll(/^```[\s\S]*?^```/gm, "")
      .replaceAll(/<!-- bench:begin -->[\s\S]*?<!-- bench:end -->/g, "");
    for (const line of prose.split("\n")) {
      if (line.length > 120 && !line.startsWith("|") && !line.startsWith("    "))
        long.push(`${page}: ${line}`);
    }
  }
  assert.deepEqual(long, []);
});

test("comments in the code are wrapped at 120 columns", () => {
  const long: string[] = [];
  for (const folder of ["src", "test", "bench", "scripts", "examples"]) {
    for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
      if (!/\.m?ts$|\.mjs$/.test(name)) continue;
      const lines = readFileSync(join(folder, name), "utf8").split("\n");
      for (const line of lines) {
        // A line with a single word, such as a URL, can't be wrapped.
        if (line.length > 120 && /^\s*(\/\/|\/?\*+) +\S+ \S/.test(line))
          long.push(`${folder}/${name}: ${line}`);
      }
    }
  }
  assert.deepEqual(long, []);
});

test("the reference of settings names every key of `[tool.posy]`", () => {
  const [, section = ""] = /^## `\[tool\.posy\]`$([\s\S]*?)^### /m.exec(settings) ?? [];
  for (const key of posyKeys) assert.ok(section.includes(`\`${key}\``), key);
});

test("the reference of settings names every setting of uv and pip that affects what is installed", () => {
  for (const [name, handling] of [...uvSettings, ...pipSettings]) {
    if (handling !== irrelevant) assert.ok(settings.includes(`\`${name}\``), name);
  }
});

test("every source file and folder that the documentation names exists", () => {
  const missing: string[] = [];
  for (const page of pages) {
    for (const [, path = ""] of readFileSync(page, "utf8").matchAll(/`(src\/[\w./-]+?)\/?`/g)) {
      if (!existsSync(path)) missing.push(`${page}: ${path}`);
    }
  }
  assert.deepEqual(missing, []);
});
