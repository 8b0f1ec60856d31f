// Runs Python in pyodide, CPython as WebAssembly, as `python -W ignore` would:
//
//     node pyodide.mjs FOLDER (SCRIPT | -c CODE)
//
// FOLDER has pyodide in node_modules, and in packages what Python may import.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, script, code] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(folder, "node_modules/pyodide/pyodide.mjs")));
const pyodide = await loadPyodide({
  env: { HOME: "/home/pyodide", PYTHONPATH: "/packages", PYTHONWARNINGS: "ignore" },
  fsInit: async (FS) => {
    FS.mkdir("/packages");
    FS.mount(FS.filesystems.NODEFS, { root: join(folder, "packages") }, "/packages");
  },
});
try {
  pyodide.runPython(script === "-c" ? code : readFileSync(script, "utf8"));
  pyodide.runPython("import sys; sys.stdout.flush()");
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
