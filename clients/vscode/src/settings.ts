// The settings: those that this extension reads itself, and those that it hands on to the server.

import * as vscode from "vscode";
import { neighbours } from "./neighbours";

export const SECTION = "stdlib-ls";
/** A change of one of these wants a new server: they are read when it starts. */
export const READ_AT_START = ["path", "interpreter", "signature.enabled", "search.symbols", "diagnostics.workspace"].map(
  (name) => `${SECTION}.${name}`,
);
const OF_THE_CLIENT = ["path", "interpreter", "trace"];

/** A setting of this extension itself, a path with or without "~" for the home folder. */
export function pathSetting(name: "path" | "interpreter", home: string): string {
  // It may be null, which the editor hands on as it is.
  const value = vscode.workspace.getConfiguration(SECTION).get<unknown>(name);
  return typeof value === "string" ? value.trim().replace(/^~(?=[\\/])/, home) : "";
}

/** What the server is told: its own settings, and which other servers are at work. */
export function forServer(section: unknown): Record<string, unknown> {
  const all = typeof section === "object" && section !== null ? section : {};
  const known = Object.entries(all).filter(([name]) => !OF_THE_CLIENT.includes(name));
  return { ...Object.fromEntries(known), beside: neighbours() };
}

/** The settings that hold where no folder has others. */
export function settingsAtStart(): Record<string, unknown> {
  return forServer(JSON.parse(JSON.stringify(vscode.workspace.getConfiguration().get(SECTION) ?? {})));
}
