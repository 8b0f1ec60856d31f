// The other Python servers at work in this window. The server leaves to them what they do themselves.

import * as vscode from "vscode";

interface Neighbour {
  /** The name that the server knows. */
  readonly name: string;
  readonly extension: string;
  /** Whether it takes part, by its own settings. */
  readonly isOn: () => boolean;
}

const NEIGHBOURS: readonly Neighbour[] = [
  { name: "pylance", extension: "ms-python.vscode-pylance", isOn: () => !["None", "Jedi"].includes(chosenByPython()) },
  { name: "jedi", extension: "ms-python.python", isOn: () => isJedi() },
  { name: "pyright", extension: "ms-pyright.pyright", isOn: () => !isSet("pyright.disableLanguageServices") },
  { name: "basedpyright", extension: "detachhead.basedpyright", isOn: () => !isSet("basedpyright.disableLanguageServices") },
  // Two editors made from VS Code come with basedpyright under names of their own.
  { name: "basedpyright", extension: "anysphere.cursorpyright", isOn: () => !isSet("cursorpyright.disableLanguageServices") },
  { name: "basedpyright", extension: "codeium.windsurfpyright", isOn: () => !isSet("windsurfPyright.disableLanguageServices") },
  {
    name: "ty",
    extension: "astral-sh.ty",
    isOn: () => !isSet("ty.disableLanguageServices") && !isSet("python.ty.disableLanguageServices"),
  },
  {
    name: "pyrefly",
    extension: "meta.pyrefly",
    isOn: () =>
      !isSet("python.pyrefly.disableLanguageServices") && !isSet("python.pyrefly.disabledLanguageServices.completion"),
  },
  { name: "zuban", extension: "zuban.zubanls", isOn: () => true },
  { name: "ruff", extension: "charliermarsh.ruff", isOn: () => isSet("ruff.enable", true) },
];
const SECTIONS = ["python", "pyright", "basedpyright", "cursorpyright", "windsurfPyright", "ty", "ruff"];

/** Their names. */
export function neighbours(): string[] {
  const found = NEIGHBOURS.filter((one) => vscode.extensions.getExtension(one.extension) && one.isOn());
  return [...new Set(found.map((one) => one.name))];
}

/** Calls back when others may have come or gone. */
export function onDidChangeNeighbours(callback: () => void): vscode.Disposable {
  let before = neighbours().join();
  const compare = (): void => {
    const now = neighbours().join();
    if (now !== before) callback();
    before = now;
  };
  return vscode.Disposable.from(
    vscode.extensions.onDidChange(compare),
    vscode.workspace.onDidGrantWorkspaceTrust(compare),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (SECTIONS.some((section) => event.affectsConfiguration(section))) compare();
    }),
  );
}

function chosenByPython(): string {
  return vscode.workspace.getConfiguration("python").get("languageServer", "Default");
}

/**
 * Without Pylance, which editors other than Microsoft's do not have, the Python extension falls back on Jedi, unless it
 * was told to use Pylance: then it uses nothing. It starts Jedi in a workspace that is trusted only.
 */
function isJedi(): boolean {
  if (!vscode.workspace.isTrusted) return false;
  const chosen = chosenByPython();
  if (["None", "Pylance"].includes(chosen)) return false;
  return chosen === "Jedi" || !vscode.extensions.getExtension("ms-python.vscode-pylance");
}

function isSet(name: string, otherwise = false): boolean {
  return vscode.workspace.getConfiguration().get(name, otherwise);
}
