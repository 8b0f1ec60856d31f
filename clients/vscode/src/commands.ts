// What the command palette offers.

import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import { WorkDoneProgress } from "vscode-languageclient/node";
import type { Documents } from "./documents";
import { ask, askServer, type Card, type Dependencies, type Versions } from "./requests";
import { openDocumentation, searchLibrary } from "./search";
import type { Server } from "./server";

/** Registers all commands. */
export function registerCommands(server: Server, documents: Documents): vscode.Disposable {
  const commands: Record<string, () => unknown> = {
    restart: async () => {
      await server.forget();
      await server.restart();
    },
    showCard: () => withCardAtCursor(server, (card) => documents.showCard(card)),
    openDocumentation: () => withCardAtCursor(server, openDocumentation),
    search: () => searchLibrary(server, documents),
    whyVersion: () => showVersions(server, documents),
    showDependencies: () => showDependencies(server, documents),
  };
  const register = ([name, run]: [string, () => unknown]): vscode.Disposable =>
    vscode.commands.registerCommand(`stdlib-ls.${name}`, () => {
      // Whoever asks a server that does not run is told so; the messages of old are long gone.
      if (name !== "restart" && server.explainFailure()) return undefined;
      return run();
    });
  return vscode.Disposable.from(...Object.entries(commands).map(register));
}

async function withCardAtCursor(server: Server, use: (card: Card) => Promise<void>): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return;
  const { line, character } = editor.selection.active;
  const place = { uri: editor.document.uri.toString(), position: { line, character } };
  const card = await askServer<Card>(server, "card", [place]);
  if (card) await use(card);
  else vscode.window.setStatusBarMessage("Nothing of the standard library stands at the cursor.", 5000);
}

async function showVersions(server: Server, documents: Documents): Promise<void> {
  const found = await askServer<Versions>(server, "versions", openFile());
  if (found) await documents.showReport("Why this Python version", found.text);
}

async function showDependencies(server: Server, documents: Documents): Promise<void> {
  const client = await server.running();
  if (!client) return;
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: "Looking at the dependencies",
    cancellable: true,
  };
  const found = await vscode.window.withProgress(options, async (progress, token) => {
    const workDoneToken = randomUUID();
    const told = client.onProgress(WorkDoneProgress.type, workDoneToken, (value) => {
      if (value.kind === "report" && value.message) progress.report({ message: value.message });
    });
    try {
      return await ask<Dependencies>(client, "dependencies", openFile(), token, workDoneToken);
    } catch (error) {
      if (token.isCancellationRequested) return undefined;
      throw error;
    } finally {
      told.dispose();
    }
  });
  if (found) await documents.showReport("Dependencies", found.text);
}

/** The file in front, for questions that can be asked without one, too; of a cell it is the notebook. */
function openFile(): string[] {
  const uri = vscode.window.activeNotebookEditor?.notebook.uri ?? vscode.window.activeTextEditor?.document.uri;
  return uri?.scheme === "file" ? [uri.toString()] : [];
}
