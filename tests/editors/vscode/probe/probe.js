// Answers questions about VS Code on a local socket: a line of JSON in, [name, ...arguments], and a line of JSON out.
// Positions are pairs of line and UTF-16 column, as VS Code counts them.
const fs = require("node:fs");
const net = require("node:net");
const vscode = require("vscode");

const run = vscode.commands.executeCommand;
const pair = (position) => [position.line, position.character];
const plain = (content) => (content === undefined ? "" : typeof content === "string" ? content : content.value);

function editor() {
  if (!vscode.window.activeTextEditor) throw new Error("no file is open");
  return vscode.window.activeTextEditor;
}

const questions = {
  version: () => vscode.version,
  folders: () => (vscode.workspace.workspaceFolders ?? []).length,
  trusted: () => vscode.workspace.isTrusted,
  active: () => vscode.window.activeTextEditor?.document.uri.toString() ?? "",
  text: () => editor().document.getText(),
  dirty: () => editor().document.isDirty,
  run: (command, ...values) => run(command, ...values),

  async open(path) {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(path));
    await vscode.window.showTextDocument(document, { preview: false });
  },
  async only(path) {
    await run("workbench.action.closeAllEditors");
    await questions.open(path);
    await run("workbench.action.files.revert");
  },
  async notebook(path) {
    await vscode.window.showNotebookDocument(await vscode.workspace.openNotebookDocument(vscode.Uri.file(path)));
  },
  select(start, end) {
    const [from, to] = [start, end ?? start].map((at) => new vscode.Position(...at));
    editor().selection = new vscode.Selection(from, to);
    editor().revealRange(editor().selection, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  },
  diagnostics() {
    return vscode.languages.getDiagnostics(editor().document.uri).map((one) => ({
      start: pair(one.range.start),
      end: pair(one.range.end),
      severity: vscode.DiagnosticSeverity[one.severity].toLowerCase(),
      source: one.source ?? "",
      code: String(one.code?.value ?? one.code ?? ""),
      link: one.code?.target?.toString(true) ?? null,
      message: one.message,
      tags: (one.tags ?? []).map((tag) => vscode.DiagnosticTag[tag]),
    }));
  },
  async hover(at) {
    const found = await run("vscode.executeHoverProvider", editor().document.uri, new vscode.Position(...at));
    return found.map((one) => one.contents.map(plain).join("\n"));
  },
  active_extension: (id) => vscode.extensions.getExtension(id)?.isActive ?? false,
  /** Whether our server knows the file in front: the command is there as long as the server runs. */
  async served() {
    const commands = await vscode.commands.getCommands(true);
    if (!commands.includes("stdlib-ls.server.versions")) return false;
    return Boolean(await run("stdlib-ls.server.versions", editor().document.uri.toString()));
  },
};

async function answer(line) {
  try {
    const [name, ...values] = JSON.parse(line);
    return { answer: (await questions[name](...values)) ?? null };
  } catch (error) {
    return { error: String(error?.stack ?? error) };
  }
}

exports.activate = (context) => {
  const where = process.env.STDLIB_LS_PROBE;
  if (!where) return;
  // The extension host of a window that is being closed takes its own socket away, not that of the next one.
  const own = `${where}.${process.pid}`;
  const server = net.createServer((socket) => {
    let waiting = "";
    socket.on("error", () => {});
    socket.on("data", async (data) => {
      waiting += data;
      const lines = waiting.split("\n");
      waiting = lines.pop();
      for (const line of lines) socket.write(`${JSON.stringify(await answer(line))}\n`);
    });
  });
  server.listen(own, () => {
    fs.rmSync(where, { force: true });
    fs.symlinkSync(own, where);
  });
  context.subscriptions.push({ dispose: () => server.close() });
};
