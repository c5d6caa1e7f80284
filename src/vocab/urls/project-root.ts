/**
 * Replaces `${PROJECT_ROOT}`, which PDM writes for the folder of the project, as in `file:///${PROJECT_ROOT}/lib`. uv
 * reads it, too. `root` is the `file:` URL of the folder.
 */
export function replaceProjectRoot(text: string, root: string): string {
  return text.replaceAll(/(file:\/{2,3})?\$\{PROJECT_ROOT\}/g, () => root);
}
