// Which Python runs the server. Nothing in here knows VS Code, so that it is tested without one.

import { execFile } from "node:child_process";
import { realpath, stat } from "node:fs/promises";
import * as path from "node:path";

/** A way to start a Python, and who has named it. */
export interface Candidate {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly from: string;
}

/** What the self-test has said: undefined where it worked, else why not, and whether asking again makes sense. */
export interface Failure {
  readonly message: string;
  readonly final: boolean;
}

/** What is remembered from one session to the next. */
export interface Memory {
  get(): Remembered;
  set(remembered: Remembered): Thenable<void>;
}

/** The outcome of each self-test, "" for a success, and the Python that was chosen last. */
export interface Remembered {
  readonly outcomes: Readonly<Record<string, string>>;
  readonly chosen?: Candidate | undefined;
}

export type SelfTest = (candidate: Candidate) => Promise<Failure | undefined>;
export type Log = (message: string) => void;

const SELF_TEST_SECONDS = 30;
// Many systems have an old python3 and a newer Python beside it.
const NAMES = ["python3", "python", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10"];

/** Chooses among candidates: never one in the workspace, and only one on which the server has been seen to work. */
export class PythonChooser {
  constructor(
    private readonly version: string,
    private readonly folders: readonly string[],
    private readonly selfTest: SelfTest,
    private readonly memory: Memory,
    private readonly log: Log,
  ) {}

  /** The first of the candidates that will do. */
  async choose(candidates: AsyncIterable<Candidate> | Iterable<Candidate>): Promise<Candidate | undefined> {
    const asked = new Set<string>();
    for await (const candidate of candidates) {
      const key = await this.keyOf(candidate);
      if (key === undefined || asked.has(key)) continue;
      asked.add(key);
      if (await this.works(candidate, key)) {
        this.log(`${show(candidate)} runs the server`);
        await this.memory.set({ ...this.memory.get(), chosen: candidate });
        return candidate;
      }
    }
    return undefined;
  }

  /** The Python of the last session, if it is still what it was then. */
  async chosenBefore(): Promise<Candidate | undefined> {
    const { chosen, outcomes } = this.memory.get();
    const key = chosen && (await this.keyOf(chosen));
    return key !== undefined && outcomes[key] === "" ? chosen : undefined;
  }

  /** What stands for this Python, with this version of the extension; undefined for one that must not be started. */
  private async keyOf(candidate: Candidate): Promise<string | undefined> {
    if (!path.isAbsolute(candidate.program)) {
      this.log(`${show(candidate)} is left out: it has no full path`);
      return undefined;
    }
    if (await isInside(candidate.program, this.folders)) {
      this.log(`${show(candidate)} is left out: it lies in the workspace, from which nothing is started`);
      return undefined;
    }
    try {
      const changed = (await stat(candidate.program)).mtimeMs;
      return [this.version, candidate.program, ...candidate.arguments, changed].join(" ");
    } catch {
      this.log(`${show(candidate)} is left out: there is no such file`);
      return undefined;
    }
  }

  private async works(candidate: Candidate, key: string): Promise<boolean> {
    const known = this.memory.get().outcomes[key];
    const remembered = known ? { message: known, final: true } : undefined;
    const failure = known === undefined ? await this.selfTest(candidate) : remembered;
    if (failure) this.log(`${show(candidate)} is left out: ${failure.message}`);
    if (known === undefined && (!failure || failure.final)) {
      const { outcomes, chosen } = this.memory.get();
      const current = Object.entries(outcomes).filter(([other]) => other.startsWith(`${this.version} `));
      await this.memory.set({ outcomes: { ...Object.fromEntries(current), [key]: failure?.message ?? "" }, chosen });
    }
    return !failure;
  }
}

/** Runs the server's self-test on a Python, away from the workspace and from what is installed. */
export function selfTestWith(launcher: string): SelfTest {
  const options = { cwd: path.dirname(launcher), timeout: SELF_TEST_SECONDS * 1000, windowsHide: true };
  return (candidate) =>
    new Promise((resolve) => {
      const command = [...candidate.arguments, "-I", "-S", launcher, "self-test"];
      execFile(candidate.program, command, options, (error, _output, complaint) => {
        const message = error?.killed ? `no answer within ${SELF_TEST_SECONDS} seconds` : lastLine(complaint);
        resolve(error ? { message: message || error.message, final: !error.killed } : undefined);
      });
    });
}

/** The Pythons on the PATH. What stands there relative to the working directory is nobody's real intention. */
export async function* pythonsOnPath(variable: string, platform = process.platform): AsyncGenerator<Candidate> {
  const folders = variable.split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const end = platform === "win32" ? ".exe" : "";
  for (const name of platform === "win32" ? ["python3", "python"] : NAMES) {
    for (const folder of folders) {
      const program = path.join(folder, name + end);
      // macOS has its own in any case, always an old one; where developer tools are missing it opens a window.
      if (platform === "darwin" && program === "/usr/bin/python3") continue;
      if (await isFile(program)) yield { program, arguments: [], from: "PATH" };
    }
  }
  if (platform !== "win32") return;
  for (const folder of folders) {
    const program = path.join(folder, "py.exe");
    if (await isFile(program)) yield { program, arguments: ["-3"], from: "PATH" };
  }
}

/** What a promise gives, or an error where that takes too long. */
export async function within<Answer>(seconds: number, promise: Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${seconds} seconds`)), seconds * 1000);
  });
  try {
    return await Promise.race([promise, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether a file, or what it is a link to, lies in one of the folders, or in what these are links to. */
export async function isInside(file: string, folders: readonly string[]): Promise<boolean> {
  const real = await realPath(file);
  const places = [path.resolve(file), path.join(await realPath(path.dirname(file)), path.basename(file)), real];
  for (const folder of folders) {
    for (const around of [path.resolve(folder), await realPath(folder)]) {
      if (places.some((place) => isBelow(place, around))) return true;
    }
  }
  return false;
}

function isBelow(file: string, folder: string): boolean {
  const way = path.relative(folder, file);
  return way !== ".." && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way);
}

async function realPath(file: string): Promise<string> {
  return realpath(file).catch(() => path.resolve(file));
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)?.trim() ?? "";
}

function show(candidate: Candidate): string {
  return `${[candidate.program, ...candidate.arguments].join(" ")} (${candidate.from})`;
}
