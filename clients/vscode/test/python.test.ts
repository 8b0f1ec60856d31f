import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { PythonChooser, isInside, pythonsOnPath, selfTestWith, type Candidate, type Remembered, type SelfTest } from "../src/python";

let top: string;
let workspace: string;
let elsewhere: string;
let remembered: Remembered;
let said: string[];

beforeEach(() => {
  top = realpathSync(mkdtempSync(path.join(tmpdir(), "pythons-")));
  workspace = folder("workspace");
  elsewhere = folder("elsewhere");
  remembered = { outcomes: {} };
  said = [];
});
afterEach(() => rmSync(top, { recursive: true }));

function folder(...names: string[]): string {
  const made = path.join(top, ...names);
  mkdirSync(made, { recursive: true });
  return made;
}

function program(where: string, script = "exit 0", name = "python3"): string {
  const file = path.join(where, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

function candidate(file: string): Candidate {
  return { program: file, arguments: [], from: "a test" };
}

function chooser(selfTest: SelfTest, version = "1.0", folders = [workspace]): PythonChooser {
  const memory = { get: () => remembered, set: (now: Remembered) => Promise.resolve(void (remembered = now)) };
  return new PythonChooser(version, folders, selfTest, memory, (message) => said.push(message));
}

const works: SelfTest = () => Promise.resolve(undefined);
const never: SelfTest = (one) => Promise.reject(new Error(`started ${one.program}`));

async function all(found: AsyncIterable<Candidate>): Promise<string[]> {
  const programs = [];
  for await (const one of found) programs.push(one.program);
  return programs;
}

test("the first Python that works is chosen", async () => {
  const [old, good] = [program(elsewhere, "", "old"), program(elsewhere, "", "good")];
  const selfTest: SelfTest = (one) => Promise.resolve(one.program === old ? { message: "too old", final: true } : undefined);
  assert.equal((await chooser(selfTest).choose([candidate(old), candidate(good)]))?.program, good);
  assert.match(said.join("\n"), /old .*left out: too old/);
});

test("nothing in the workspace is started, by whatever way it is named", async () => {
  const inside = program(folder("workspace", ".venv", "bin"));
  symlinkSync(inside, path.join(elsewhere, "link"));
  symlinkSync(workspace, path.join(top, "other-name"));
  symlinkSync(program(elsewhere), path.join(workspace, "out"));
  const names = [
    inside,
    path.join(elsewhere, "link"),
    path.join(top, "other-name", ".venv", "bin", "python3"),
    path.join(top, "other-name", "out"),
    path.join(workspace, "out"),
    path.join(elsewhere, "..", "workspace", ".venv", "bin", "python3"),
  ];
  assert.equal(await chooser(never).choose(names.map(candidate)), undefined);
  assert.equal(said.filter((line) => line.includes("lies in the workspace")).length, names.length);
});

test("a workspace that is opened through a link is the same workspace", async () => {
  const inside = program(workspace);
  const link = path.join(top, "link");
  symlinkSync(workspace, link);
  assert.equal(await isInside(inside, [link]), true);
  assert.equal(await chooser(never, "1.0", [link]).choose([candidate(inside)]), undefined);
});

test("a folder whose name begins like that of the workspace lies outside", async () => {
  assert.equal(await isInside(program(folder("workspace-2")), [workspace]), false);
  assert.equal(await isInside(program(folder("workspace", "..more")), [workspace]), true);
});

test("a name without a full path, and a file that is not there, are left out", async () => {
  assert.equal(await chooser(never).choose([candidate("python3"), candidate(path.join(elsewhere, "gone"))]), undefined);
});

test("what does not work is asked once; what gave no answer is asked again", async () => {
  const [broken, slow] = [program(elsewhere, "", "broken"), program(elsewhere, "", "slow")];
  const asked: string[] = [];
  const selfTest: SelfTest = (one) => {
    asked.push(path.basename(one.program));
    return Promise.resolve({ message: "no", final: one.program === broken });
  };
  await chooser(selfTest).choose([candidate(broken), candidate(slow)]);
  await chooser(selfTest).choose([candidate(broken), candidate(slow)]);
  assert.deepEqual(asked, ["broken", "slow", "slow"]);
});

test("the Python of the last session is kept, as long as it is the same", async () => {
  const file = program(elsewhere);
  await chooser(works).choose([candidate(file)]);
  assert.equal((await chooser(never).chosenBefore())?.program, file);
  assert.equal((await chooser(never).choose([candidate(file)]))?.program, file);
  assert.equal(await chooser(never, "2.0").chosenBefore(), undefined, "another version of the extension");
  assert.equal(await chooser(never, "1.0", [elsewhere]).chosenBefore(), undefined, "a workspace around it");
  utimesSync(file, 1, 1);
  assert.equal(await chooser(never).chosenBefore(), undefined, "another file");
});

test("what older versions of the extension have remembered goes", async () => {
  const file = program(elsewhere);
  for (const version of ["1.0", "2.0"]) await chooser(works, version).choose([candidate(file)]);
  assert.deepEqual(Object.keys(remembered.outcomes).map((key) => key.split(" ")[0]), ["2.0"]);
});

test("only full paths on the PATH count, the usual names first", async () => {
  const [first, second] = [folder("first"), folder("second")];
  const named = [program(second), program(first, "", "python3.11"), program(first, "", "python")];
  const variable = ["", ".", "relative", first, second].join(path.delimiter);
  assert.deepEqual(await all(pythonsOnPath(variable, "linux")), [named[0], named[2], named[1]]);
});

test("Windows has its own names, and a launcher", async () => {
  const programs = ["python.exe", "py.exe"].map((name) => program(elsewhere, "", name));
  const found = [];
  for await (const one of pythonsOnPath(elsewhere, "win32")) found.push([one.program, ...one.arguments]);
  assert.deepEqual(found, [[programs[0]], [programs[1], "-3"]]);
});

test("the self-test is isolated, runs away from the workspace, and its last words are kept", async () => {
  const note = path.join(top, "note");
  const server = folder("server");
  const launcher = path.join(server, "launch.py");
  const good = program(elsewhere, `echo "$PWD $*" > ${note}`);
  assert.equal(await selfTestWith(launcher)({ program: good, arguments: ["-3"], from: "" }), undefined);
  assert.equal(readFileSync(note, "utf8").trim(), `${server} -3 -I -S ${launcher} self-test`);
  const bad = program(elsewhere, 'echo "a warning" >&2; echo "stdlib-ls: too old" >&2; exit 2', "bad");
  assert.deepEqual(await selfTestWith(launcher)(candidate(bad)), { message: "stdlib-ls: too old", final: true });
});
