// As much of VS Code as the tests need, in place of the module that only the editor has.

interface FakeExtension {
  isActive: boolean;
  exports?: unknown;
  activate(): Promise<unknown>;
}

export const installed = new Map<string, FakeExtension>();
export const settings = new Map<string, unknown>();
export const folders: string[] = [];
export const trust = { isGranted: true };

export function install(id: string, api?: unknown): void {
  installed.set(id, { isActive: true, exports: api, activate: () => Promise.resolve(api) });
}

export function forgetAll(): void {
  installed.clear();
  settings.clear();
  folders.length = 0;
  trust.isGranted = true;
}

export const extensions = { getExtension: (id: string) => installed.get(id) };

export const workspace = {
  getConfiguration: (section?: string) => ({
    get: (name: string, otherwise: unknown) => {
      const found = settings.get(section ? `${section}.${name}` : name);
      return found === undefined ? otherwise : found;
    },
  }),
  get isTrusted() {
    return trust.isGranted;
  },
  get workspaceFolders() {
    return folders.length ? folders.map((fsPath) => ({ uri: { fsPath } })) : undefined;
  },
};
