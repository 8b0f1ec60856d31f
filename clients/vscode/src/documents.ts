// Read-only documents: cards, which are shown as rendered Markdown, and reports in plain text.

import * as vscode from "vscode";
import type { Card } from "./requests";

const SCHEME = "stdlib-ls";
const GONE = "This was shown in an earlier session. Run the command again to see it.\n";

/** Holds the texts of what is open. */
export class Documents implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly subscriptions = [
    this.changed,
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
    vscode.workspace.onDidCloseTextDocument((document) => this.texts.delete(document.uri.toString())),
  ];

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? GONE;
  }

  /** Shows a card beside the code. */
  async showCard(card: Card): Promise<void> {
    const uri = this.put(`${card.name}.md`, card.text);
    const options = { viewColumn: columnOfCards(), preview: true, preserveFocus: true };
    // What renders Markdown comes with the editor, but can be switched off.
    if (!vscode.extensions.getExtension("vscode.markdown-language-features")) await this.open(uri, options);
    else await vscode.commands.executeCommand("vscode.openWith", uri, "vscode.markdown.preview.editor", options);
  }

  /** Shows a report. */
  async showReport(name: string, text: string): Promise<void> {
    await this.open(this.put(`${name}.txt`, text), { preview: true });
  }

  private put(name: string, text: string): vscode.Uri {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name}` });
    this.texts.set(uri.toString(), `${text.trimEnd()}\n`);
    this.changed.fire(uri);
    return uri;
  }

  private async open(uri: vscode.Uri, options: vscode.TextDocumentShowOptions): Promise<void> {
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), options);
  }
}

/** Where the last card stands, so that the next one takes its place; else beside the code. */
function columnOfCards(): vscode.ViewColumn {
  const isCard = ({ input }: vscode.Tab): boolean =>
    (input instanceof vscode.TabInputCustom || input instanceof vscode.TabInputText) &&
    input.uri.scheme === SCHEME &&
    input.uri.path.endsWith(".md");
  return vscode.window.tabGroups.all.find((group) => group.tabs.some(isCard))?.viewColumn ?? vscode.ViewColumn.Beside;
}
