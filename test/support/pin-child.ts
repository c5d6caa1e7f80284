// A child process that pins a source and unpacks it: `pin-child.ts ROOT URL`, in the home below ROOT.
import { fixtureAt } from "../builder/sources/source-fixture.ts";

const [root = "", url = ""] = process.argv.slice(2);
process.stdout.write("ready\n");
process.stdout.write(`${await fixtureAt(root).extract(url)}\n`);
