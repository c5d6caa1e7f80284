/**
 * Whether a text looks like the `pyproject.toml` of a project. Patterns also work while the file is edited and is not
 * valid TOML.
 */
export function isProjectText(text: string): boolean {
  return projectTable.test(text) || posyTable.test(text) || workspaceTable.test(text);
}

const projectTable =
  /^\uFEFF?[ \t]*\[[ \t]*["']?project["']?[ \t]*[\].]|^\uFEFF?[ \t]*["']?project["']?[ \t]*[.=]/m;
const posyTable =
  /^\uFEFF?[ \t]*\[[ \t]*tool[ \t]*\.[ \t]*posy[ \t]*[\].]|^\uFEFF?[ \t]*tool[ \t]*\.[ \t]*posy\b|^\uFEFF?[ \t]*\[[ \t]*tool[ \t]*\][^[]*^[ \t]*posy[ \t]*[.=]/m;
const workspaceTable =
  /^\uFEFF?[ \t]*\[[ \t]*tool[ \t]*\.[ \t]*uv[ \t]*\.[ \t]*workspace[ \t]*\][^[]*^[ \t]*members[ \t]*=[ \t]*\[\s*["']/m;
