// The questions that the server answers beside those of the protocol.

import type { CancellationToken } from "vscode";
import { ExecuteCommandRequest, type LanguageClient } from "vscode-languageclient/node";
import type { Server } from "./server";

export interface Card {
  readonly name: string;
  readonly text: string;
  readonly documentation: string | null;
}

export interface Found {
  readonly name: string;
  readonly kind: string;
  readonly summary: string;
}

export interface Versions {
  readonly range: string;
  readonly source: string;
  readonly assumed: boolean;
  readonly text: string;
}

export interface Dependencies {
  readonly project: string;
  readonly text: string;
}

export type Question = "card" | "search" | "versions" | "dependencies";

/** What the server answers, or undefined where none is running or the answer is nothing. */
export async function askServer<Answer>(
  server: Server,
  question: Question,
  questionArguments: unknown[],
  token?: CancellationToken,
): Promise<Answer | undefined> {
  const client = await server.running();
  return client && ask<Answer>(client, question, questionArguments, token);
}

/** The same of a client at hand; with a `workDoneToken` the server tells how far it is. */
export async function ask<Answer>(
  client: LanguageClient,
  question: Question,
  questionArguments: unknown[],
  token?: CancellationToken,
  workDoneToken?: string,
): Promise<Answer | undefined> {
  const parameters = {
    command: `stdlib-ls.server.${question}`,
    arguments: questionArguments,
    ...(workDoneToken === undefined ? {} : { workDoneToken }),
  };
  const answer = (await client.sendRequest(ExecuteCommandRequest.type, parameters, token)) as Answer | null;
  return answer ?? undefined;
}
