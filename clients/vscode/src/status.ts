// What the editor shows behind the braces beside the name of the language: which Pythons the file is judged by.

import * as vscode from "vscode";
import { askServer, type Versions } from "./requests";
import type { Server, Status } from "./server";

/** Keeps the language status item up to date; there is no item in the status bar. */
export class StatusItem implements vscode.Disposable {
  private readonly item = vscode.languages.createLanguageStatusItem("stdlib-ls", [
    { language: "python" },
    { language: "pip-requirements" },
    { pattern: "**/{pyproject.toml,requirements*.txt}" },
  ]);
  private readonly subscriptions: { dispose(): unknown }[];
  private asked = 0;

  constructor(private readonly server: Server) {
    this.item.name = "stdlib-ls";
    this.show(server.status);
    this.subscriptions = [
      this.item,
      server.onDidChangeStatus((status) => this.show(status)),
      vscode.window.onDidChangeActiveTextEditor(() => void this.showVersions()),
      vscode.workspace.onDidSaveTextDocument(() => void this.showVersions()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration("stdlib-ls")) void this.showVersions();
      }),
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private show(status: Status): void {
    this.item.busy = status.kind === "starting";
    this.item.severity =
      status.kind === "failed" ? vscode.LanguageStatusSeverity.Error : vscode.LanguageStatusSeverity.Information;
    this.item.detail = "";
    if (status.kind === "failed") {
      // There is room for a few words; the whole of it is in the message and in the output channel.
      this.item.text = `stdlib-ls: ${status.brief}`;
      this.item.command = status.cure;
      return;
    }
    this.item.text = status.kind === "running" ? `stdlib-ls ${status.version}` : `stdlib-ls is ${status.kind}`;
    this.item.command = { title: "Why?", command: "stdlib-ls.whyVersion" };
    if (status.kind === "running") void this.showVersions();
  }

  private async showVersions(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const status = this.server.status;
    if (!editor || status.kind !== "running" || !vscode.languages.match(this.item.selector, editor.document)) return;
    const turn = ++this.asked;
    const uri = editor.document.uri.toString();
    const found = await askServer<Versions>(this.server, "versions", [uri]).catch(() => undefined);
    // Another file may have come to the front meanwhile, and the server may have stopped.
    if (!found || turn !== this.asked || this.server.status !== status) return;
    this.item.text = `stdlib-ls ${status.version}: Python ${found.range}`;
    this.item.detail = found.source;
  }
}
