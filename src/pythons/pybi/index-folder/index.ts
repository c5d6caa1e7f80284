/**
 * Writes index pages for a folder of pybis and packages, which any web server can serve.
 */
export { indexFolder } from "./index-folder.ts";
