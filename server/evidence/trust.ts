import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import picomatch from 'picomatch';
import { askGit, gitLines } from '../git/git.ts';
import { writeFileAtomic } from '../platform/atomicFile.ts';
import { errorCode, GreenroomError } from '../platform/errors.ts';
import type { Ledger } from './ledger.ts';
import { ownSigners } from './signing.ts';

/** Whom signatures are believed. */
export interface Trust {
  /** Allowed-signers file for git. */
  file: string;
  /** True when the team named its signers (`--allowed-signers`, or git's `gpg.ssh.allowedSignersFile`). */
  named: boolean;
}

/**
 * With an explicit file, only that counts. Otherwise: git's own `gpg.ssh.allowedSignersFile`, the keys that this store
 * made, this engineer's key, and keys of approvers that were accepted at first sight.
 */
export async function trustFor(ledger: Ledger, explicit?: string): Promise<Trust> {
  const { host, repository, identity } = ledger;
  if (explicit !== undefined) {
    const file = path.resolve(explicit);
    if ((await readIfAny(file)) === undefined)
      throw new GreenroomError('usage', { subject: file, detail: 'there is no such file' });
    return { file, named: true };
  }
  const configured = await askGit(host, repository.root, ['config', '--get', 'gpg.ssh.allowedSignersFile']);
  const named =
    configured === undefined
      ? undefined
      : await readIfAny(path.resolve(repository.root, configured.replace(/^~(?=\/)/, homedir())));
  const key = await ledger.key();
  const lines = [
    `${identity.email} ${key.publicKey}`,
    ...(await ownSigners(host)),
    ...((await readIfAny(pinnedFile(ledger))) ?? '').split('\n'),
    ...(named ?? '').split('\n'),
  ];
  const file = path.join(host.paths.keys, 'allowed-signers');
  await writeFileAtomic(file, `${[...new Set(lines.filter(line => line.trim() !== ''))].join('\n')}\n`);
  return { file, named: named !== undefined };
}

const pinnedFile = (ledger: Ledger): string => path.join(ledger.host.paths.keys, 'known-signers');

/** Keys that were accepted at first sight: e-mail → key. */
export async function pinnedKeys(ledger: Ledger): Promise<Map<string, string>> {
  const pins = new Map<string, string>();
  for (const line of ((await readIfAny(pinnedFile(ledger))) ?? '').split('\n')) {
    const [email, type, blob] = line.trim().split(/\s+/);
    if (email !== undefined && type !== undefined && blob !== undefined) pins.set(email, `${type} ${blob}`);
  }
  return pins;
}

export async function pinKey(ledger: Ledger, email: string, publicKey: string): Promise<void> {
  await mkdir(ledger.host.paths.keys, { recursive: true, mode: 0o700 });
  await appendFile(pinnedFile(ledger), `${email} ${publicKey}\n`, { mode: 0o600 });
}

export type Signature =
  | { state: 'good'; principal: string }
  /** The signature is right, but nobody vouches for its key. */
  | { state: 'unknown-key'; fingerprint: string }
  | { state: 'bad' }
  | { state: 'none' };

/** What git says of the commits' signatures, all at once. */
export async function signaturesOf(
  ledger: Ledger,
  trust: Trust,
  commits: readonly string[],
): Promise<Map<string, Signature>> {
  const signatures = new Map<string, Signature>();
  if (commits.length === 0) return signatures;
  const lines = await gitLines(
    ledger.host,
    ledger.repository.root,
    [
      '-c',
      'gpg.format=ssh',
      '-c',
      'gpg.ssh.program=ssh-keygen',
      '-c',
      `gpg.ssh.allowedSignersFile=${trust.file}`,
      'log',
      '--no-walk=unsorted',
      '--stdin',
      '--format=%H%x00%G?%x00%GS%x00%GF',
    ],
    { input: `${commits.join('\n')}\n` },
  );
  for (const line of lines) {
    const [commit = '', state = '', principal = '', fingerprint = ''] = line.split('\0');
    signatures.set(commit, readState(state, principal, fingerprint));
  }
  return signatures;
}

/** git-log, "%G?": G good, U good with unknown validity, N none, B bad, and so on. */
function readState(state: string, principal: string, fingerprint: string): Signature {
  if (state === 'N') return { state: 'none' };
  // Of SSH signatures git says G or U also for the key itself: a principal is named only if one vouches for it.
  if ((state === 'G' || state === 'U') && principal !== '') return { state: 'good', principal };
  if (state === 'G' || state === 'U') return { state: 'unknown-key', fingerprint };
  return { state: 'bad' };
}

/** Whether a principal of the allowed-signers file (a list of patterns) speaks for an e-mail. */
export function speaksFor(principal: string, email: string): boolean {
  return principal
    .split(',')
    .some(pattern =>
      picomatch.isMatch(email.toLowerCase(), pattern.toLowerCase(), { dot: true, bash: true }),
    );
}

/**
 * The public key inside an armoured SSH signature (OpenSSH, PROTOCOL.sshsig): magic `SSHSIG`, version, then the key as a
 * length-prefixed blob that begins with its type.
 */
export function publicKeyOf(signature: string): string | undefined {
  const body = /-----BEGIN SSH SIGNATURE-----([\s\S]*)-----END SSH SIGNATURE-----/.exec(signature)?.[1];
  if (body === undefined) return undefined;
  const data = Buffer.from(body.replace(/\s/g, ''), 'base64');
  if (data.length < 14 || data.toString('latin1', 0, 6) !== 'SSHSIG') return undefined;
  const length = data.readUInt32BE(10);
  const blob = data.subarray(14, 14 + length);
  if (blob.length !== length || length < 4) return undefined;
  const type = blob.toString('latin1', 4, 4 + blob.readUInt32BE(0));
  return `${type} ${blob.toString('base64')}`;
}

async function readIfAny(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
