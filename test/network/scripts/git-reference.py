# GIT_URL stands for a repository on this machine, which `bench/single-file.ts` makes.
# /// script
# dependencies = ["ours @ git+GIT_URL@v1"]
# ///

import ours

print("ok", ours.word)
