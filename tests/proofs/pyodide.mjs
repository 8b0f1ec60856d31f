// Runs Python in pyodide, a CPython compiled to WebAssembly, as far as prove.py needs it:
//
//     node pyodide.mjs FOLDER [OPTION]... (SCRIPT | -c CODE)
//
// FOLDER has pyodide in node_modules, and in packages what Python may import.
// The options are not looked at: warnings are ignored and there is nothing to isolate.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, ...options] = process.argv.slice(2);
const last = options.pop();
const { loadPyodide } = await import(pathToFileURL(join(folder, "node_modules/pyodide/pyodide.mjs")));
const pyodide = await loadPyodide({
  env: { HOME: "/home/pyodide", PYTHONPATH: "/packages", PYTHONWARNINGS: "ignore" },
  fsInit: async (FS) => {
    FS.mkdir("/packages");
    FS.mount(FS.filesystems.NODEFS, { root: join(folder, "packages") }, "/packages");
  },
});
try {
  pyodide.runPython(options.at(-1) === "-c" ? last : readFileSync(last, "utf8"));
  pyodide.runPython("import sys; sys.stdout.flush()");
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
