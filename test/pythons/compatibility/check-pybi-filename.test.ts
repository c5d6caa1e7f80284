import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checkPybiFilename } from "../../../src/pythons/compatibility/check-pybi-filename.ts";
import { describeInterpreter } from "../../../src/pythons/compatibility/describe-interpreter.ts";
import { parsePybiFilename } from "../../../src/vocab/filenames/index.ts";
import { formatPybiFile, formatPybiMetadata } from "../../../src/vocab/metadata/pybi-metadata.ts";
import { parsePackageName } from "../../../src/vocab/requirement/name.ts";
import { parseVersion } from "../../../src/vocab/version/version.ts";

const { markers, paths, wheelTags } = describeInterpreter(parseVersion("3.13.5"), "linux-x86_64");
const metadata = formatPybiMetadata({
  name: parsePackageName("my-python"),
  version: parseVersion("3.13.5"),
  markers,
  paths,
  wheelTags,
});
const pybi = formatPybiFile({ tags: ["manylinux_2_17_x86_64", "manylinux2014_x86_64"] });
const tags = "manylinux_2_17_x86_64.manylinux2014_x86_64";

const check = (filename: string, texts = { metadata, pybi }) =>
  checkPybiFilename(texts, parsePybiFilename(filename) ?? assert.fail(filename));

describe("the file name of a pybi", () => {
  for (const filename of [
    `my_python-3.13.5-${tags}.pybi`,
    `My.Python-3.13.5-${tags}.pybi`,
    `my_python-3.13.5.0-${tags}.pybi`,
    "my_python-3.13.5-manylinux2014_x86_64.manylinux_2_17_x86_64.pybi",
  ]) {
    test(`agrees with its metadata: ${filename}`, () => check(filename));
  }

  test("agrees with its metadata if both have the same build number", () => {
    check(`my_python-3.13.5-2-${tags}.pybi`, { metadata, pybi: `${pybi.trimEnd()}\nBuild: 2\n` });
  });

  const refused: Readonly<Record<string, RegExp>> = {
    [`other-3.13.5-${tags}.pybi`]: /contradicts its file name: its METADATA is for `my-python 3\.13\.5`$/,
    [`my_python-3.13.6-${tags}.pybi`]: /its METADATA is for `my-python 3\.13\.5`$/,
    "my_python-3.13.5-manylinux_2_17_x86_64.pybi":
      /its PYBI is for `manylinux_2_17_x86_64\.manylinux2014_x86_64`$/,
    "my_python-3.13.5-win_amd64.pybi": /its PYBI is for `manylinux_2_17_x86_64\.manylinux2014_x86_64`$/,
    [`my_python-3.13.5-2-${tags}.pybi`]: /its PYBI is for build ``$/,
  };
  for (const [filename, message] of Object.entries(refused)) {
    test(`must agree with its metadata: ${filename}`, () => {
      assert.throws(() => check(filename), { code: "invalid-pybi", message });
    });
  }
});
