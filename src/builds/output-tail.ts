import { type FileHandle, open } from 'node:fs/promises';

const CHUNK = 64 * 1024;

/** Takes a chunk of output; `nextOffset` is where the following one begins. May answer a promise to be waited for. */
export type OnOutput = (chunk: Buffer, nextOffset: number) => unknown;

/** Reads a growing file from an offset on. */
export class OutputTail {
  private readonly path: string;
  private readonly onOutput: OnOutput;
  private file: FileHandle | null = null;
  private offset: number;

  constructor(path: string, fromOffset: number, onOutput: OnOutput) {
    this.path = path;
    this.offset = fromOffset;
    this.onOutput = onOutput;
  }

  /** Hands on all that is there by now. */
  async catchUp(): Promise<void> {
    this.file ??= await openIfThere(this.path);
    for (let chunk = await this.next(); chunk.length > 0; chunk = await this.next()) {
      this.offset += chunk.length;
      await this.onOutput(chunk, this.offset);
    }
  }

  async close(): Promise<void> {
    await this.file?.close();
  }

  private async next(): Promise<Buffer> {
    if (!this.file) return Buffer.alloc(0);
    const { buffer, bytesRead } = await this.file.read(Buffer.alloc(CHUNK), 0, CHUNK, this.offset);
    return buffer.subarray(0, bytesRead);
  }
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
