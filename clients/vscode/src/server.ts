// The server's life: which command starts it, one start at a time, what to say when it does not run.

import * as os from "node:os";
import * as path from "node:path";
import * as vscode from "vscode";
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  RevealOutputChannelOn,
  State,
  type DocumentSelector,
  type Executable,
} from "vscode-languageclient/node";
import { fromEnvironments, fromPythonExtension } from "./environments";
import { PythonChooser, pythonsOnPath, selfTestWith, within, type Candidate, type Remembered } from "./python";
import { forServer, pathSetting, SECTION, settingsAtStart } from "./settings";

export type Status =
  | { readonly kind: "starting" }
  | { readonly kind: "running"; readonly version: string }
  | Failed
  | { readonly kind: "stopped" };

/** In a sentence and in a few words, with the one thing that a person can do about it. */
interface Failed {
  readonly kind: "failed";
  readonly message: string;
  readonly brief: string;
  readonly cure: vscode.Command & { readonly arguments: unknown[] };
  readonly noPython: boolean;
}

const DOCUMENTS: DocumentSelector = [
  { scheme: "file", language: "python" },
  { scheme: "untitled", language: "python" },
  { scheme: "vscode-notebook-cell", language: "python" },
  { scheme: "file", language: "pip-requirements" },
  { scheme: "file", pattern: "**/requirements*.txt" },
  { scheme: "file", pattern: "**/pyproject.toml" },
];
const REMEMBERED = "pythons";
const NOT_RUNNING = "the server does not run";
const START_SECONDS = 60;
const RESTARTS = 3;
const RESTARTS_WITHIN_MILLISECONDS = 3 * 60 * 1000;

/** Its complaints go to the output channel only: what a person must know, `Server` says, once. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

/** At most one running server for the window. */
export class Server implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<Status>();
  readonly onDidChangeStatus = this.changed.event;
  status: Status = { kind: "stopped" };
  private client: LanguageClient | undefined;
  private current: Promise<void> = Promise.resolve();
  private next: Promise<void> | undefined;
  private crashes: number[] = [];
  private said = "";

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly output: vscode.LogOutputChannel,
  ) {}

  /** The client of the running server, once the start that may be under way is over. */
  async running(): Promise<LanguageClient | undefined> {
    await this.current;
    return this.client;
  }

  /** Ends the server, if one is running, and starts it. */
  restart(): Promise<void> {
    this.said = "";
    return this.tryAgain();
  }

  /** The same, without a message that has been shown already. Never two at once; what waits to begin is not doubled. */
  tryAgain(): Promise<void> {
    this.next ??= this.current.then(async () => {
      this.next = undefined;
      await this.end();
      await this.begin();
    });
    this.current = this.next;
    return this.next;
  }

  /** Whether the server has failed, which is then said, with the cure. */
  explainFailure(): boolean {
    if (this.status.kind !== "failed") return false;
    const { message, cure } = this.status;
    void vscode.window.showErrorMessage(message, cure.title).then((pressed) => {
      if (pressed) void vscode.commands.executeCommand(cure.command, ...cure.arguments);
    });
    return true;
  }

  /** Ends the server for good. */
  async stop(): Promise<void> {
    await this.current;
    await this.end();
  }

  /** Forgets which Pythons work, so that all are tried again. */
  async forget(): Promise<void> {
    await this.context.globalState.update(REMEMBERED, undefined);
  }

  dispose(): void {
    this.changed.dispose();
  }

  private async begin(): Promise<void> {
    this.tell({ kind: "starting" });
    const own = pathSetting("path", os.homedir());
    // Whatever goes wrong is told; the next start must not wait for it for ever.
    const failure = await (own ? this.beginWith({ command: own, args: [] }) : this.beginWithBundle()).catch(String);
    if (!failure) return;
    if (own) {
      const message = `${own}, the command in the setting stdlib-ls.path, does not start as a server: ${failure}.`;
      this.fail({ message, brief: NOT_RUNNING, cure: toOpenSetting("path", "Open the Setting"), noPython: false });
    } else {
      const cure = toOpenSetting("interpreter", "Choose a Python");
      this.fail({ message: failure, brief: "no Python to run on", cure, noPython: true });
    }
  }

  /** Starts the server that comes with the extension; gives the reason where that cannot be. */
  private async beginWithBundle(): Promise<string | undefined> {
    for (const again of [false, true]) {
      const python = await this.choosePython();
      if (!python) {
        return "stdlib-ls needs a Python to run on, 3.10 or newer and outside of the workspace, and has found none that works.";
      }
      const args = [...python.arguments, "-I", "-S", this.launcher];
      const failure = await this.beginWith({ command: python.program, args });
      if (!failure) return undefined;
      if (again) return `The server does not start: ${failure}.`;
      // What is remembered of this Python no longer holds; where it is a shim, another may stand behind it by now.
      await this.forget();
    }
    return undefined;
  }

  private async beginWith(executable: Executable): Promise<string | undefined> {
    this.output.info(`starting ${[executable.command, ...(executable.args ?? [])].join(" ")}`);
    // Not the workspace, in which names might mean other things.
    const client = this.newClient({ ...executable, options: { cwd: this.context.extensionPath } });
    try {
      await within(START_SECONDS, client.start());
    } catch (error) {
      void client.dispose().catch(() => undefined);
      return error instanceof Error ? error.message : String(error);
    }
    this.client = client;
    this.tell({ kind: "running", version: client.initializeResult?.serverInfo?.version ?? "" });
    client.onDidChangeState(({ newState }) => {
      if (this.client !== client) return;
      if (newState === State.Starting) this.tell({ kind: "starting" });
      // It came up once, so its Python may have gone since, and there may be another.
      if (newState === State.StartFailed) void this.tryAgain();
      if (newState === State.Running) this.tell({ kind: "running", version: client.initializeResult?.serverInfo?.version ?? "" });
    });
    return undefined;
  }

  private newClient(executable: Executable): LanguageClient {
    return new QuietClient(SECTION, "stdlib-ls", executable, {
      documentSelector: DOCUMENTS,
      outputChannel: this.output,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions: settingsAtStart(),
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => ({ action: this.afterCrash(), handled: true }),
      },
      middleware: {
        workspace: {
          configuration: async (params, token, next) => {
            const answers: unknown = await next(params, token);
            if (!Array.isArray(answers)) return [];
            return answers.map((answer: unknown, index) => (params.items[index]?.section === SECTION ? forServer(answer) : answer));
          },
        },
      },
    });
  }

  private async end(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    this.tell({ kind: "stopped" });
    await client?.dispose().catch((error: unknown) => this.output.warn(`while stopping: ${String(error)}`));
  }

  /** A server that has crashed comes back, unless it does so all the time; one that never came up does not. */
  private afterCrash(): CloseAction {
    if (!this.client) return CloseAction.DoNotRestart;
    const now = Date.now();
    this.crashes = [...this.crashes.filter((one) => now - one < RESTARTS_WITHIN_MILLISECONDS), now];
    if (this.crashes.length <= RESTARTS) return CloseAction.Restart;
    this.crashes = [];
    this.client = undefined;
    const cure = { title: "Restart the Server", command: "stdlib-ls.restart", arguments: [] };
    const message = "The server of stdlib-ls has crashed again and again; its output channel says how.";
    this.fail({ message, brief: NOT_RUNNING, cure, noPython: false });
    return CloseAction.DoNotRestart;
  }

  private async choosePython(): Promise<Candidate | undefined> {
    const folders = (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
    const state = this.context.globalState;
    const memory = {
      get: () => state.get<Remembered>(REMEMBERED, { outcomes: {} }),
      set: (remembered: Remembered) => state.update(REMEMBERED, remembered),
    };
    const log = (message: string): void => this.output.info(message);
    const version = (this.context.extension.packageJSON as { version: string }).version;
    const chooser = new PythonChooser(version, folders, selfTestWith(this.launcher), memory, log);
    const named = pathSetting("interpreter", os.homedir());
    // Which Python runs the server makes no difference to people, so one that works is kept.
    return (!named && (await chooser.chosenBefore())) || chooser.choose(this.candidates(named, log));
  }

  private async *candidates(named: string, log: (message: string) => void): AsyncGenerator<Candidate> {
    if (named) yield { program: named, arguments: [], from: "the setting stdlib-ls.interpreter" };
    yield* fromEnvironments(log);
    yield* fromPythonExtension(log);
    yield* pythonsOnPath(process.env["PATH"] ?? "");
  }

  private get launcher(): string {
    return path.join(this.context.extensionPath, "server", "launch.py");
  }

  private fail(failed: Omit<Failed, "kind">): void {
    this.output.error(failed.message);
    this.tell({ kind: "failed", ...failed });
    if (failed.message === this.said) return;
    this.said = failed.message;
    this.explainFailure();
  }

  private tell(status: Status): void {
    this.status = status;
    this.changed.fire(status);
  }
}

/** What shows a setting of the machine, which in a remote window is not among the user's. */
function toOpenSetting(name: "path" | "interpreter", title: string): Failed["cure"] {
  const query = `@id:${SECTION}.${name}`;
  return vscode.env.remoteName
    ? { title, command: "workbench.action.openRemoteSettings", arguments: [{ query }] }
    : { title, command: "workbench.action.openSettings", arguments: [query] };
}
