// Kills Posy at random moments, starts it again, and checks that the program then runs correctly.
//
//     node_modules/.bin/bun bench/kill.ts [MOMENTS [SEED]]       200 moments; POSY_UNDER_TEST=dist for dist/posy
import { killAtMoments, killModes, type KillMode } from "../test/support/kill-moments.ts";

const moments = Number(process.argv[2] ?? 200);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
const modes = Object.keys(killModes) as KillMode[];
let done = 0;
const tallies = await killAtMoments({
  moments,
  modes,
  seed,
  progress: () => {
    done += 1;
    if (done % 20 === 0) console.error(`${done} of ${moments}`);
  },
});
console.log(`${moments} moments, seed ${seed}\n`);
console.log(
  "| to be done | signal | killed | was over already | right afterwards |\n|---|---|---:|---:|---:|",
);
for (const { mode, signal, moments, late, right } of tallies) {
  console.log(`| ${mode} | ${signal} | ${moments} | ${late} | ${right} |`);
}
const wrong = tallies.flatMap((tally) => tally.wrong);
for (const text of wrong) console.error(text);
console.log(`\nright after ${moments - wrong.length} of ${moments}`);
process.exit(wrong.length === 0 ? 0 : 1);
