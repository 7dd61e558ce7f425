/** What was measured, by content hash and settings: one SQLite file and a folder for scratch tables. */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { DatabaseSync } from 'node:sqlite';
import { InputError } from '../errors.ts';

export { Memory } from './memory.ts';

export interface Store {
  /** A finished stage's table as it was put, or undefined. */
  getTable(key: string): unknown;
  putTable(key: string, table: unknown): void;
  /** Content hash of a file seen before with this size and modification time. */
  getHash(file: string, bytes: number, modifiedMs: number): Uint8Array | undefined;
  putHash(file: string, bytes: number, modifiedMs: number, hash: Uint8Array): void;
  /** What a room measured of a file's content under these settings, as it wrote it. */
  getRates(hash: Uint8Array, settings: string): string | undefined;
  putRates(hash: Uint8Array, settings: string, rates: string): void;
  /** Runs writes together, so that each does not wait for the disk alone. */
  transaction(work: () => void): void;
  /** Where a room may keep a large scratch file of this name. */
  scratchPath(name: string): string;
  close(): void;
}

// Raise when the meaning of what is stored changes.
const version = 1;

/** @throws InputError when the folder can't hold a store or the store is damaged */
export function openStore(folder: string): Store {
  const database = openDatabase(folder);
  const getTable = database.prepare('SELECT data FROM stage WHERE key = ?');
  const putTable = database.prepare('INSERT OR REPLACE INTO stage VALUES (?, ?)');
  const getHash = database.prepare('SELECT hash FROM file WHERE path = ? AND bytes = ? AND modified = ?');
  const putHash = database.prepare('INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?)');
  const getRates = database.prepare('SELECT data FROM rate WHERE hash = ? AND settings = ?');
  const putRates = database.prepare('INSERT OR REPLACE INTO rate VALUES (?, ?, ?)');
  return {
    getTable: (key) => {
      const row = getTable.get(key);
      return row === undefined ? undefined : (deserialize(row['data'] as Uint8Array) as unknown);
    },
    putTable: (key, table) => void putTable.run(key, serialize(table)),
    getHash: (file, bytes, modifiedMs) => getHash.get(file, bytes, modifiedMs)?.['hash'] as Uint8Array | undefined,
    putHash: (file, bytes, modifiedMs, hash) => void putHash.run(file, bytes, modifiedMs, hash),
    getRates: (hash, settings) => getRates.get(hash, settings)?.['data'] as string | undefined,
    putRates: (hash, settings, rates) => void putRates.run(hash, settings, rates),
    transaction(work) {
      database.exec('BEGIN IMMEDIATE');
      try {
        work();
        database.exec('COMMIT');
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      }
    },
    scratchPath: (name) => path.join(folder, 'scratch', name),
    close: () => {
      database.close();
    },
  };
}

function openDatabase(folder: string): DatabaseSync {
  const file = path.join(folder, `measured-v${version}.sqlite`);
  try {
    mkdirSync(path.join(folder, 'scratch'), { recursive: true });
    const database = new DatabaseSync(file, { timeout: 10_000 });
    database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      CREATE TABLE IF NOT EXISTS stage (key TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS file (path TEXT PRIMARY KEY, bytes INTEGER, modified REAL, hash BLOB NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS rate (hash BLOB, settings TEXT, data TEXT NOT NULL, PRIMARY KEY (hash, settings)) WITHOUT ROWID;
    `);
    return database;
  } catch (error) {
    throw new InputError(
      `The store of measurements ${file} can't be opened (${(error as Error).message}). If it is damaged, delete it: what it held is measured again. Or name another folder`,
    );
  }
}

/** A key of plain data, equal where the data are equal. */
export function keyOf(room: string, ...parts: unknown[]): string {
  return `${room}:${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`;
}
