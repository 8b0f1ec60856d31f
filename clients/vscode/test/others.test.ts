// What other extensions have to do with ours: the Pythons that they know, and what is left to them.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fromEnvironments, fromPythonExtension } from "../src/environments";
import { neighbours } from "../src/neighbours";
import { forServer, pathSetting } from "../src/settings";
import type { Candidate } from "../src/python";
import { folders, forgetAll, install, installed, settings, trust } from "./vscode";

const said: string[] = [];

beforeEach(() => {
  forgetAll();
  said.length = 0;
});

async function programs(found: (log: (message: string) => void) => AsyncIterable<Candidate>): Promise<string[]> {
  const all = [];
  for await (const one of found((message) => said.push(message))) all.push(one.program);
  return all;
}

function environment(executable: string): unknown {
  return { execInfo: { run: { executable } } };
}

test("without other extensions there is nothing to ask, and nobody beside us", async () => {
  assert.deepEqual(await programs(fromEnvironments), []);
  assert.deepEqual(await programs(fromPythonExtension), []);
  assert.deepEqual(neighbours(), []);
});

test("the environments extension is asked for each folder, then for all of the machine", async () => {
  folders.push("/one", "/two");
  install("ms-python.vscode-python-envs", {
    getEnvironment: (scope: { fsPath: string }) => Promise.resolve(environment(`${scope.fsPath}/python`)),
    getEnvironments: (scope: string) => Promise.resolve([environment(`/${scope}/python`), {}]),
  });
  assert.deepEqual(await programs(fromEnvironments), ["/one/python", "/two/python", "/global/python"]);
});

test("an extension that fails, or is something else by now, is passed over", async () => {
  install("ms-python.vscode-python-envs", {
    getEnvironment: () => Promise.reject(new Error("broken")),
    getEnvironments: () => Promise.resolve([environment("/global/python")]),
  });
  assert.deepEqual(await programs(fromEnvironments), ["/global/python"]);
  assert.match(said.join(), /broken/);
  install("ms-python.vscode-python-envs", {});
  assert.deepEqual(await programs(fromEnvironments), []);
  install("ms-python.python", {});
  assert.deepEqual(await programs(fromPythonExtension), []);
  installed.set("ms-python.python", { isActive: false, activate: () => Promise.reject(new Error("switched off")) });
  assert.deepEqual(await programs(fromPythonExtension), []);
});

test("one that never answers is waited for, but not for ever", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  installed.set("ms-python.python", { isActive: false, activate: () => new Promise(() => undefined) });
  const found = programs(fromPythonExtension);
  await Promise.resolve();
  context.mock.timers.tick(5000);
  assert.deepEqual(await found, []);
  assert.match(said.join(), /no answer within 5 seconds/);
});

test("the older interface gives what is chosen, then what is known", async () => {
  const at = (fsPath: string): unknown => ({ executable: { uri: { fsPath } } });
  install("ms-python.python", {
    environments: {
      getActiveEnvironmentPath: () => ({ path: "chosen" }),
      resolveEnvironment: ({ path }: { path: string }) => Promise.resolve(at(`/${path}/python`)),
      known: [{ executable: {} }, at("/known/python")],
    },
  });
  assert.deepEqual(await programs(fromPythonExtension), ["/chosen/python", "/known/python"]);
});

test("each neighbour is known by its extension, and not counted once its own setting says so", () => {
  const switches: [string, string, string, unknown][] = [
    ["pyright", "ms-pyright.pyright", "pyright.disableLanguageServices", true],
    ["basedpyright", "detachhead.basedpyright", "basedpyright.disableLanguageServices", true],
    ["ty", "astral-sh.ty", "ty.disableLanguageServices", true],
    ["ty", "astral-sh.ty", "python.ty.disableLanguageServices", true],
    ["pyrefly", "meta.pyrefly", "python.pyrefly.disableLanguageServices", true],
    ["pyrefly", "meta.pyrefly", "python.pyrefly.disabledLanguageServices.completion", true],
    ["ruff", "charliermarsh.ruff", "ruff.enable", false],
    ["pylance", "ms-python.vscode-pylance", "python.languageServer", "None"],
    ["jedi", "ms-python.python", "python.languageServer", "None"],
  ];
  for (const [name, extension, setting, off] of switches) {
    forgetAll();
    install(extension);
    assert.deepEqual(neighbours(), [name]);
    settings.set(setting, off);
    assert.deepEqual(neighbours(), [], setting);
  }
  install("zuban.zubanls");
  assert.deepEqual(neighbours(), ["zuban"]);
});

test("the Python extension has Pylance where that is there, and Jedi elsewhere or when asked to", () => {
  install("ms-python.python");
  install("ms-python.vscode-pylance");
  assert.deepEqual(neighbours(), ["pylance"]);
  settings.set("python.languageServer", "Jedi");
  assert.deepEqual(neighbours(), ["jedi"]);
  settings.set("python.languageServer", "None");
  assert.deepEqual(neighbours(), []);
});

test("the Python extension starts nothing in place of a Pylance that was asked for and is not there", () => {
  install("ms-python.python");
  settings.set("python.languageServer", "Pylance");
  assert.deepEqual(neighbours(), []);
});

test("Jedi is not started in a workspace that is not trusted; Pylance is", () => {
  trust.isGranted = false;
  install("ms-python.python");
  assert.deepEqual(neighbours(), []);
  install("ms-python.vscode-pylance");
  assert.deepEqual(neighbours(), ["pylance"]);
});

test("the server gets its own settings, and who is beside it", () => {
  install("astral-sh.ty");
  const section = { path: "/x", interpreter: "/y", trace: { server: "verbose" }, hover: { detail: "brief" } };
  assert.deepEqual(forServer(section), { hover: { detail: "brief" }, beside: ["ty"] });
  assert.deepEqual(forServer(null), { beside: ["ty"] });
});

test("a path may begin with the home folder", () => {
  settings.set("stdlib-ls.path", " ~/bin/stdlib-ls ");
  assert.equal(pathSetting("path", "/home/me"), "/home/me/bin/stdlib-ls");
});

test("a path that is null is none", () => {
  settings.set("stdlib-ls.path", null);
  assert.equal(pathSetting("path", "/home/me"), "");
});
