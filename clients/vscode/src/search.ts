// "Search the Standard Library": a list that follows what is typed.

import * as vscode from "vscode";
import { askServer, type Card, type Found } from "./requests";
import type { Documents } from "./documents";
import type { Server } from "./server";

const PAUSE_MILLISECONDS = 120;
const LIMIT = 30;

interface Row extends vscode.QuickPickItem {
  readonly name: string;
}

/** Opens the list; Enter shows the card of a row, its button the page of the documentation. */
export function searchLibrary(server: Server, documents: Documents): void {
  const list = vscode.window.createQuickPick<Row>();
  list.placeholder = 'What it shall do: "unzip", "parse date", "secure token"';
  list.matchOnDetail = true;
  list.matchOnDescription = true;
  let pause: NodeJS.Timeout | undefined;
  let turn = 0;
  const show = async (question: string): Promise<void> => {
    const mine = ++turn;
    list.busy = question !== "";
    const found = question ? await askServer<Found[]>(server, "search", [question, LIMIT]).catch(() => []) : [];
    // What was asked later is answered later, and the list may be gone.
    if (mine !== turn) return;
    list.busy = false;
    list.items = (found ?? []).map(row);
  };
  list.onDidChangeValue((value) => {
    clearTimeout(pause);
    pause = setTimeout(() => void show(value.trim()), PAUSE_MILLISECONDS);
  });
  list.onDidAccept(() => {
    const [chosen] = list.selectedItems;
    list.hide();
    if (chosen) void withCard(server, chosen.name, (card) => documents.showCard(card));
  });
  list.onDidTriggerItemButton(({ item }) => void withCard(server, item.name, openDocumentation));
  list.onDidHide(() => {
    clearTimeout(pause);
    turn = -1;
    list.dispose();
  });
  list.show();
}

/** Opens the page of the documentation that a card names. */
export async function openDocumentation(card: Card): Promise<void> {
  if (card.documentation) await vscode.env.openExternal(vscode.Uri.parse(card.documentation, true));
  else vscode.window.setStatusBarMessage(`The documentation has no page of ${card.name}.`, 5000);
}

function row(found: Found): Row {
  return {
    name: found.name,
    label: found.name,
    description: found.kind,
    detail: found.summary.replaceAll("`", ""),
    // The server has chosen them by what they are for; the words need not be in them.
    alwaysShow: true,
    buttons: [{ iconPath: new vscode.ThemeIcon("link-external"), tooltip: "Open the Documentation" }],
  };
}

async function withCard(server: Server, name: string, use: (card: Card) => Promise<void>): Promise<void> {
  const card = await askServer<Card>(server, "card", [name]);
  if (card) await use(card);
}
