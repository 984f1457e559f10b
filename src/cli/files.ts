import { accessSync, constants, existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Complaint } from './complaint.ts';

/**
 * Writing that leaves nothing half-written: every file goes to a temporary name beside its place, and takes its name
 * when all of them are complete.
 */
export function writeTogether(files: ReadonlyMap<string, string>): void {
  const written: { readonly temporary: string; readonly path: string }[] = [];
  try {
    for (const [path, text] of files) {
      mkdirSync(dirname(path), { recursive: true });
      const temporary = temporaryBeside(path);
      written.push({ temporary, path });
      writeFileSync(temporary, text);
    }
    for (const { temporary, path } of written) renameSync(temporary, path);
  } catch (error) {
    for (const { temporary } of written) rmSync(temporary, { force: true });
    throw asComplaint(error, 'cannot write');
  }
}

/** A name in the same folder (so that renaming is atomic) that no other process uses. */
export function temporaryBeside(path: string): string {
  return `${path}.${process.pid}.tmp`;
}

/** Says before a long run, rather than after it, that its results could not be written there. */
export function mustBeWritableFolder(folder: string): void {
  let nearest = resolve(folder);
  while (!existsSync(nearest)) nearest = dirname(nearest);
  if (!statSync(nearest).isDirectory()) throw new Complaint(`${nearest} is a file, not a folder`);
  try {
    accessSync(nearest, constants.W_OK);
  } catch (error) {
    throw asComplaint(error, 'cannot write there');
  }
}

/** As `mustBeWritableFolder`, for one file. */
export function mustBeWritableFile(path: string): void {
  mustBeWritableFolder(dirname(path));
  if (existsSync(path) && statSync(path).isDirectory()) {
    throw new Complaint(`${path} is a folder`, 'Give the name of a file in it.');
  }
}

/** What the file system refuses is the user's to mend (no such file, no permission, disk full); the rest is ours. */
export function asComplaint(error: unknown, doing: string): unknown {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error;
  const path = 'path' in error && typeof error.path === 'string' ? ` ${error.path}` : '';
  return new Complaint(`${doing}${path}: ${reasons[error.code] ?? error.code}`);
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is a file, not a folder',
  ENOSPC: 'the disk is full',
  EROFS: 'the file system is read-only',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'a circle of symbolic links',
};
