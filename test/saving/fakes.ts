/** @file A browser's stores and its document in memory, as far as saving uses them. */

/** A request that succeeds later, as long as its transaction is not aborted. */
interface FakeRequest {
  result?: unknown;
  onsuccess?: () => void;
  onupgradeneeded?: () => void;
}

/** A database whose transactions keep all their changes or none. */
export class FakeDatabases {
  private readonly stores = new Map<string, Map<string, unknown>>();
  /** Bytes of weights beyond which a transaction fails. */
  quota = Number.POSITIVE_INFINITY;
  opened = 0;

  open(): FakeRequest {
    const isNew = this.stores.size === 0;
    const database = {
      createObjectStore: (name: string) => this.stores.set(name, new Map()),
      transaction: (names: string[]) => this.transaction(names),
      close: () => this.opened--,
    };
    const request: FakeRequest = { result: database };
    queueMicrotask(() => {
      if (isNew) request.onupgradeneeded?.();
      this.opened++;
      request.onsuccess?.();
    });
    return request;
  }

  private transaction(names: string[]): object {
    const copies = new Map(names.map((name) => [name, new Map(this.stores.get(name))]));
    const transaction: { oncomplete?: () => void; onabort?: () => void; error: Error | null; objectStore: (name: string) => object } = {
      error: null,
      objectStore: (name) => {
        const store = copies.get(name) as Map<string, unknown>;
        const done = (result?: unknown): FakeRequest => ({ result });
        return {
          put: (value: { modelPath: string; modelArtifacts?: { weightData: ArrayBuffer } }) => {
            if ((value.modelArtifacts?.weightData.byteLength ?? 0) > this.quota) transaction.error = new Error("QuotaExceededError");
            return done(store.set(value.modelPath, structuredClone(value)));
          },
          get: (key: string) => done(structuredClone(store.get(key))),
          delete: (key: string) => done(store.delete(key)),
          getAll: () => done([...store.values()].map((value) => structuredClone(value))),
        };
      },
    };
    setTimeout(() => {
      if (transaction.error) return transaction.onabort?.();
      for (const [name, store] of copies) this.stores.set(name, store);
      transaction.oncomplete?.();
    });
    return transaction;
  }
}

/** Local storage with room for so many letters. */
export class FakeStorage {
  private readonly items = new Map<string, string>();
  constructor(private readonly room: number) {}
  get length(): number {
    return this.items.size;
  }
  key(index: number): string | null {
    return [...this.items.keys()][index] ?? null;
  }
  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    const others = [...this.items].filter(([name]) => name !== key);
    if (others.reduce((sum, [, text]) => sum + text.length, value.length) > this.room) throw new Error("QuotaExceededError");
    this.items.set(key, value);
  }
  removeItem(key: string): void {
    this.items.delete(key);
  }
}

/** A document whose links keep what they would download. */
export class FakeDocument {
  readonly downloads: { name: string; href: string }[] = [];
  createElement(): object {
    const link = { download: "", href: "", dispatchEvent: () => this.downloads.push({ name: link.download, href: link.href }) };
    return link;
  }
}

/** A file whose content changes when a writer is closed. */
class FakeFileHandle {
  private content: Blob[] = [];
  constructor(
    readonly name: string,
    private readonly folder: FakeFolder,
  ) {}
  async getFile(): Promise<File> {
    return new File(this.content, this.name);
  }
  async createWritable(): Promise<object> {
    const parts: Blob[] = [];
    return {
      write: async (part: BlobPart) => {
        const size = new Blob([...parts, part]).size;
        if (size > this.folder.room) throw new Error("QuotaExceededError");
        parts.push(new Blob([part]));
      },
      close: async () => {
        this.content = parts;
      },
      abort: async () => {},
    };
  }
}

/** A page's private file system, which has room for so many bytes a file. */
export class FakeFolder {
  private readonly entries = new Map<string, FakeFileHandle>();
  room = Number.POSITIVE_INFINITY;
  readonly navigator = { storage: { getDirectory: async () => this } };

  /** The only folder in it is itself. */
  async getDirectoryHandle(): Promise<FakeFolder> {
    return this;
  }
  async getFileHandle(name: string, { create = false } = {}): Promise<unknown> {
    const found = this.entries.get(name) ?? (create ? new FakeFileHandle(name, this) : undefined);
    if (found === undefined) throw new Error("NotFoundError");
    this.entries.set(name, found);
    return found;
  }
  async removeEntry(name: string): Promise<void> {
    this.entries.delete(name);
  }
  async *values(): AsyncGenerator<unknown> {
    yield* this.entries.values();
  }
}
