import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type BlueprintTarget, buildableOfPin, type PackagePin, pinsVersion } from "../model/index.ts";
import { PosyError } from "../errors/posy-error.ts";
import type { BuiltWheel } from "../forest/wheels/index.ts";
import { withLock } from "../system/fs/index.ts";
import { parseWheelFilename } from "../vocab/filenames/index.ts";
import { buildEntry, pinIdentities } from "./store/build-store.ts";
import { identityOf, isEditable } from "./buildable.ts";
import { type BuildRequest, nestedRequest, labelOf } from "./build-request.ts";
import { downloadedBuild } from "./store/downloaded-builds.ts";
import { storeBuiltWheel } from "./store/store-built-wheel.ts";
import { forgetFailures, unlessKnownToFail } from "./store/known-failures.ts";
import { pinBuild } from "./pin-build.ts";
import { runBuild } from "./run-build.ts";
import { canRunHere, hostInterpreterFor } from "./host-interpreter.ts";
import { wheelMetadata } from "./metadata/wheel-metadata.ts";
import type { BuildDispatch } from "./build-dispatch.ts";

/**
 * Returns the wheel of a pinned source: from the store, or built. Offline, the wheel of a repository may come from a
 * folder of `posy download`. If two processes want the same wheel, one builds and the other waits.
 */
export async function buildWheel(
  pin: PackagePin,
  target: BlueprintTarget,
  outer: BuildRequest,
  dispatch: BuildDispatch,
): Promise<BuiltWheel> {
  const { context, trees } = dispatch;
  const { python, platform } = target;
  const source = buildableOfPin(pin);
  const label = labelOf(source);
  if (context.offline && source.kind === "source" && source.origin.kind === "vcs") {
    const downloaded = await downloadedBuild(source.url, python, context);
    if (downloaded !== undefined) return downloaded;
  }
  if (!canRunHere(python, context)) return buildPortableWheel(pin, target, outer, dispatch);
  const build = pin.build ?? (await pinBuild(source, python, outer, dispatch));
  const pins =
    build.isolated === false
      ? target.packages.filter((other) => other.build?.isolated !== false && other.name !== pin.name)
      : build.packages;
  const editable = isEditable(source);
  const entry = buildEntry(await identityOf(source, context.db), python, build, source, context);
  if (source.kind === "sdist") await context.db.checkSdistMetadata(source);
  const stored = (await entry.wheel(pins)) ?? (await entry.remoteWheel(pins, pin));
  if (stored !== undefined) return stored;
  const request = nestedRequest(outer, source);
  // Before taking the lock: its requirements may have to be built, too, and two processes could wait for each other.
  await context.forest.grow({ platform, python, packages: pins }, dispatch.wheels(request));
  const root = await trees.forBuild(source);
  const onWait = () =>
    context.reporter.report({
      kind: "warning",
      message: `waiting for another posy that builds \`${label}\``,
      about: "waiting",
    });
  return withLock(
    entry.lock(pins),
    async () => {
      const builtMeanwhile = await entry.wheel(pins);
      if (builtMeanwhile !== undefined) return builtMeanwhile;
      const goal = editable ? "editable" : "wheel";
      const job = {
        label,
        root,
        goal,
        python,
        build,
        pins,
        asked: build.isolated !== false && build.unasked !== true && !(editable && hasEggInfo(root)),
        request,
      } as const;
      const run = () =>
        runBuild(job, dispatch, async ({ outcome, pins: used, output }) => {
          if (outcome.kind !== "wheel")
            throw new Error(`a backend that was asked for a wheel gave ${outcome.kind}`);
          const { filename } = outcome;
          checkNameAndVersion(filename, pin);
          // The assumed metadata are replaced by those of the wheel.
          if (pin.metadata.assumed)
            await entry.keepMetadata(await wheelMetadata(join(output, filename), filename));
          // Stored under the given pins, so that the next request finds it.
          const kept = await storeBuiltWheel(
            join(output, filename),
            filename,
            entry,
            { pins, used },
            python,
            context,
          );
          await forgetFailures(entry);
          return kept;
        });
      // A build that a person requested is always tried. Builds that others need are tried in many resolves, so their
      // failures are remembered.
      return outer.stack.length === 0
        ? run()
        : unlessKnownToFail(entry, ["wheel", pinIdentities(pins)], dispatch, run);
    },
    { onWait },
  );
}

/**
 * Builds a wheel for a target that this machine can't run, with a similar Python of this machine. Only a wheel without
 * compiled code is the same everywhere. Throws `no-wheel` for any other.
 */
async function buildPortableWheel(
  pin: PackagePin,
  { platform, python, packages }: BlueprintTarget,
  request: BuildRequest,
  dispatch: BuildDispatch,
): Promise<BuiltWheel> {
  const host = await hostInterpreterFor(python, dispatch.context);
  // The pinned build requirements may be wheels for the other platform.
  const { build, ...here } = pin;
  const refuse = (why: string) =>
    new PosyError("no-wheel", `\`${pin.name} ${pin.version}\` has no wheel for ${platform}, and ${why}`, {
      hint: `ask for a version that has one, build one on that platform and name its folder by \`--find-links\`, or do this there`,
    });
  if (build?.isolated === false)
    throw refuse("it is built in its own environment, which this machine can't run");
  const target = { platform: host.platform, python: host, packages };
  const wheel = await buildWheel(here, target, request, dispatch).catch((error: unknown) => {
    if (!(error instanceof PosyError) || error.code !== "build-failed") throw error;
    throw refuse(`it can't be built here: ${error.message.split("\n", 1)[0] ?? ""}`);
  });
  const { tags } = parseWheelFilename(wheel.filename);
  if (tags.every((tag) => tag.endsWith("-none-any"))) return wheel;
  throw refuse(`the one that is built here is for this machine only: \`${wheel.filename}\``);
}

/**
 * Whether setuptools left an `.egg-info` folder in an editable project. It is written by the hook that returns build
 * requirements. In the project's folder, `python -c` finds it before the installed metadata, so the hook must be called
 * at each build, as pip and uv do: otherwise an old version would be shown.
 */
function hasEggInfo(root: string): boolean {
  return [root, join(root, "src")].some(
    (folder) => existsSync(folder) && readdirSync(folder).some((name) => name.endsWith(".egg-info")),
  );
}

function checkNameAndVersion(filename: string, pin: PackagePin): void {
  const { name, version } = pin;
  const wheel = parseWheelFilename(filename);
  if (wheel.name === name && (!pinsVersion(pin) || wheel.version.text === version)) return;
  throw new PosyError("build-failed", `the build of \`${name} ${version}\` made \`${filename}\``, {
    hint: "ask for another version of it, or tell its authors",
  });
}
