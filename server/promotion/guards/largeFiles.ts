import { parseSize } from '../../config/schema.ts';
import { formatBytes } from '../../platform/diskSpace.ts';
import type { FileChange, Finding } from '../../protocol/plan.ts';
import type { Guard, GuardContext } from './guard.ts';

/** Pauses for what is rarely meant to go live: big files, dumps, archives, backups, and directories of tools. */
export const largeFiles: Guard = {
  name: 'large-files',
  async check(subject, context) {
    const limit = parseSize(context.config.promotion.reviewFilesOver);
    const findings: Finding[] = [];
    const directories = new Map<string, { files: number; bytes: number }>();
    for (const file of subject.files) {
      if (file.change === 'deleted' || file.type === 'directory') continue;
      const directory = toolDirectory(file.path);
      if (directory !== undefined) {
        const sum = directories.get(directory) ?? { files: 0, bytes: 0 };
        directories.set(directory, { files: sum.files + 1, bytes: sum.bytes + file.bytes });
        continue;
      }
      const why = file.bytes > limit ? overLimit(file, limit) : await suspicious(file, context);
      if (why !== undefined) findings.push(review(file.path, `“${file.path}” ${why}.`));
    }
    for (const [directory, { files, bytes }] of directories)
      findings.push(
        review(
          directory,
          `“${directory}/” is a directory of tools, not of the site: ${files} ${files === 1 ? 'file' : 'files'}, ${formatBytes(bytes)}.`,
        ),
      );
    return findings;
  },
};

/** Made by package managers, version control and editors on a developer's machine. `vendor` is not here: sites ship it. */
const toolNames = new Set([
  'node_modules',
  'bower_components',
  '.git',
  '.svn',
  '.hg',
  '.idea',
  '.vagrant',
  '.terraform',
  '.venv',
  '__pycache__',
  '.sass-cache',
  '.pnpm-store',
]);
const archive = /\.(zip|tar|tgz|tbz2?|txz|rar|7z|tar\.(gz|bz2|xz|zst)|sql\.(gz|bz2|xz|zst|zip)|wpress|jpa)$/i;
const backup =
  /(\.(bak|orig|old|save|swp|swo)|~|\.(php|html?|js|css|sql|conf|env)[._-](bak|old|backup|orig|copy)\d*)$|(^|[._-])(backup|dump)[._-]?\d{4,}/i;
/** The first line that the common dump programs write. */
const dumpHeads = [
  '-- MySQL dump',
  '-- MariaDB dump',
  '/*M!999999\\- enable the sandbox mode */',
  '/*!999999\\- enable the sandbox mode */',
  '-- phpMyAdmin SQL Dump',
  '-- Adminer ',
  '-- HeidiSQL',
  '-- Navicat',
  '-- PostgreSQL database dump',
  '-- Sequel Ace SQL dump',
  '-- Dump created by',
  'PGDMP',
  'SQLite format 3\0',
];

function toolDirectory(path: string): string | undefined {
  const parts = path.split('/');
  const index = parts.slice(0, -1).findIndex(part => toolNames.has(part));
  return index === -1 ? undefined : parts.slice(0, index + 1).join('/');
}

function overLimit(file: FileChange, limit: number): string {
  return `is ${formatBytes(file.bytes)}, more than promotion.reviewFilesOver (${formatBytes(limit)})`;
}

async function suspicious(file: FileChange, context: GuardContext): Promise<string | undefined> {
  const name = file.path.slice(file.path.lastIndexOf('/') + 1);
  if (file.type !== 'file') return undefined;
  if (archive.test(name)) return 'looks like an archive';
  if (backup.test(name)) return 'looks like a backup';
  if (!/\.(sql|dump|db|sqlite3?)$|^dump/i.test(name)) return undefined;
  const head = (await context.head(file.path, 200)).toString('latin1');
  return dumpHeads.some(text => head.startsWith(text)) ? 'looks like a dump of a database' : undefined;
}

function review(subject: string, message: string): Finding {
  return { guard: largeFiles.name, severity: 'review', message, subject };
}
