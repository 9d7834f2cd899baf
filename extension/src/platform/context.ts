/** The outer world as one value: what the background has, and what a test brings instead. */

import type { Server } from "./api";
import type { Database } from "./database";
import type { Settings } from "./storage";

export interface Edge {
  database: Database;
  server: Server;
  settings: Settings;
  /** The server's public key where this build was made for one. */
  key: string | null;
  /** The extension's own version, e.g. "0.2.0". */
  version: string;
  /** Milliseconds since 1970. */
  now(): number;
  /** Bytes of chance. */
  random(count: number): Uint8Array;
  /** A number from 0 to 1, to spread retries. */
  chance(): number;
  /** Lets others have the processor, and keeps the worker alive meanwhile. */
  breathe(): Promise<void>;
}
