// Where the extension starts: it makes the parts, and says which change concerns which of them.

import * as vscode from "vscode";
import { DidChangeConfigurationNotification } from "vscode-languageclient/node";
import { registerCommands } from "./commands";
import { Documents } from "./documents";
import { onDidChangePythons } from "./environments";
import { onDidChangeNeighbours } from "./neighbours";
import { Server } from "./server";
import { READ_AT_START, SECTION } from "./settings";
import { StatusItem } from "./status";

let server: Server | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const output = vscode.window.createOutputChannel("stdlib-ls", { log: true });
  const started = new Server(context, output);
  const documents = new Documents();
  server = started;
  context.subscriptions.push(
    output,
    started,
    documents,
    new StatusItem(started),
    registerCommands(started, documents),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (READ_AT_START.some((name) => event.affectsConfiguration(name))) void started.restart();
      else if (event.affectsConfiguration(SECTION)) void tellSettings(started);
    }),
    onDidChangeNeighbours(() => void tellSettings(started)),
    tryAgainWithOtherPythons(started),
  );
  void vscode.commands.executeCommand("setContext", "stdlib-ls.active", true);
  void started.restart();
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}

/** Has the server ask for its settings anew. */
async function tellSettings(from: Server): Promise<void> {
  const client = await from.running();
  // One that has just ended will ask for them when it is back.
  await client?.sendNotification(DidChangeConfigurationNotification.type, { settings: null }).catch(() => undefined);
}

/** After no Python was found, waits for other extensions to find one. */
function tryAgainWithOtherPythons(waiting: Server): vscode.Disposable {
  let watch: vscode.Disposable | undefined;
  const told = waiting.onDidChangeStatus((status) => {
    watch?.dispose();
    watch = undefined;
    if (status.kind === "failed" && status.noPython) watch = onDidChangePythons(() => void waiting.tryAgain());
  });
  return new vscode.Disposable(() => {
    watch?.dispose();
    told.dispose();
  });
}
