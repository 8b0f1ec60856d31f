// The Pythons that Microsoft's extensions know, as long as they are there and answer in time.

import * as vscode from "vscode";
import { within, type Candidate, type Log } from "./python";

const PATIENCE_SECONDS = 5;
const ENVIRONMENTS = "ms-python.vscode-python-envs";
const PYTHON = "ms-python.python";

// The few parts of the two interfaces that are used; both come from outside, so nothing of them is taken for granted.
interface Environment {
  readonly execInfo?: { readonly run?: { readonly executable?: string; readonly args?: readonly string[] } };
}
interface EnvironmentsApi {
  getEnvironment(scope: vscode.Uri | undefined): Promise<Environment | undefined>;
  getEnvironments(scope: "global"): Promise<readonly Environment[]>;
  readonly onDidChangeEnvironment?: vscode.Event<unknown>;
  readonly onDidChangeEnvironments?: vscode.Event<unknown>;
}
interface OlderEnvironment {
  readonly executable?: { readonly uri?: vscode.Uri };
}
interface OlderApi {
  readonly environments?: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { readonly path: string };
    resolveEnvironment(environment: { readonly path: string }): Promise<OlderEnvironment | undefined>;
    readonly known?: readonly OlderEnvironment[];
    readonly onDidChangeActiveEnvironmentPath?: vscode.Event<unknown>;
    readonly onDidChangeEnvironments?: vscode.Event<unknown>;
  };
}

/** The Python of the workspace by the environments extension, then those of the whole machine. */
export async function* fromEnvironments(log: Log): AsyncGenerator<Candidate> {
  const api = await activated<EnvironmentsApi>(ENVIRONMENTS, log);
  if (!api) return;
  for (const scope of scopes()) {
    yield* candidates([await soon(() => api.getEnvironment(scope), log)]);
  }
  yield* candidates((await soon(() => api.getEnvironments("global"), log)) ?? []);
}

function* candidates(environments: Iterable<Environment | undefined>): Generator<Candidate> {
  for (const environment of environments) {
    const run = environment?.execInfo?.run;
    if (run?.executable) yield { program: run.executable, arguments: run.args ?? [], from: ENVIRONMENTS };
  }
}

/** The same by the older interface, that of the Python extension itself. */
export async function* fromPythonExtension(log: Log): AsyncGenerator<Candidate> {
  const environments = (await activated<OlderApi>(PYTHON, log))?.environments;
  if (!environments) return;
  const resolved = async (scope: vscode.Uri | undefined): Promise<OlderEnvironment | undefined> =>
    environments.resolveEnvironment(environments.getActiveEnvironmentPath(scope));
  const active = [];
  for (const scope of scopes()) active.push(await soon(() => resolved(scope), log));
  for (const environment of [...active, ...(environments.known ?? [])]) {
    const program = environment?.executable?.uri?.fsPath;
    if (program) yield { program, arguments: [], from: PYTHON };
  }
}

/** Calls back when one of the extensions, as far as they are at work, has found or chosen another Python. */
export function onDidChangePythons(callback: () => void): vscode.Disposable {
  const newer = vscode.extensions.getExtension<EnvironmentsApi | undefined>(ENVIRONMENTS);
  const older = vscode.extensions.getExtension<OlderApi | undefined>(PYTHON);
  const events = [
    vscode.extensions.onDidChange,
    newer?.isActive && newer.exports?.onDidChangeEnvironment,
    newer?.isActive && newer.exports?.onDidChangeEnvironments,
    older?.isActive && older.exports?.environments?.onDidChangeActiveEnvironmentPath,
    older?.isActive && older.exports?.environments?.onDidChangeEnvironments,
  ];
  return vscode.Disposable.from(...events.filter((event) => !!event).map((event) => event(callback)));
}

function scopes(): (vscode.Uri | undefined)[] {
  return vscode.workspace.workspaceFolders?.map((folder) => folder.uri) ?? [undefined];
}

async function activated<Api>(id: string, log: Log): Promise<Api | undefined> {
  const extension = vscode.extensions.getExtension<Api | undefined>(id);
  return extension && soon(async () => extension.activate(), log);
}

/** What a question to another extension gives, unless it fails or takes too long; that is its affair, not ours. */
async function soon<Answer>(ask: () => Promise<Answer>, log: Log): Promise<Answer | undefined> {
  try {
    return await within(PATIENCE_SECONDS, ask());
  } catch (error) {
    log(`another extension could not say which Pythons there are: ${String(error)}`);
    return undefined;
  }
}
