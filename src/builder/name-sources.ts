import type { Brief, BriefRequirement } from "../model/index.ts";
import { PosyError } from "../errors/posy-error.ts";
import { withoutCredentials } from "../vocab/urls/index.ts";
import { formatMarker, nameWithExtras, parseRequirement } from "../vocab/requirement/index.ts";
import type { BuildRequest } from "./build-request.ts";
import { readReference } from "./read-reference.ts";
import type { BuildDispatch } from "./build-dispatch.ts";

/** Reads the sources that a Brief gives without a name, and turns them into requirements `name @ URL`. */
export async function nameSources(
  brief: Brief,
  request: BuildRequest,
  dispatch: BuildDispatch,
): Promise<Brief> {
  const { sources = [], ...rest } = brief;
  if (sources.length === 0) return brief;
  const { context } = dispatch;
  // Usually the source states its name. If only a backend knows it, it is the same for every Python.
  const [python] = await context.interpreters(brief.python, context.machine.platform);
  if (python === undefined) {
    throw new PosyError("no-interpreter", "there is no Python here to look at sources with", {
      hint: "`posy python list` shows what there is",
    });
  }
  const named = await Promise.all(
    sources.map(async ({ url, extras, editable, marker, origin }): Promise<BriefRequirement> => {
      const markedUrl =
        editable && !/#.*\beditable=true/.test(url)
          ? `${url}${url.includes("#") ? "&" : "#"}editable=true`
          : url;
      const artifact = await readReference(markedUrl, undefined, python, request, dispatch);
      if (artifact === undefined) throw new Error(`\`${url}\` is no source`);
      const markerText = marker === undefined ? "" : ` ; ${formatMarker(marker)}`;
      const requirement = parseRequirement(
        `${nameWithExtras(artifact.name, extras)} @ ${markedUrl}${markerText}`,
      );
      // Messages show neither credentials nor the internal mark of an editable.
      return { requirement: { ...requirement, text: withoutCredentials(url.replace(/#.*$/s, "")) }, origin };
    }),
  );
  return { ...rest, requirements: [...brief.requirements, ...named] };
}
