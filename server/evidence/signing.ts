import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { askGit } from '../git/git.ts';
import { errorCode, GreenroomError, hasReason, messageOf } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { withLock } from '../platform/locks.ts';
import type { Person } from './statement.ts';

export interface SigningKey {
  /** What `user.signingkey` takes: a file. */
  file: string;
  /** `ssh-ed25519 AAAA…`, without the comment. */
  publicKey: string;
  /** Whose: the engineer's git key, or one that Greenroom made for them. */
  origin: 'git' | 'greenroom';
}

/** Configuration for git that signs with the key, whatever the user's own configuration says. */
export const signWith = (key: SigningKey): string[] => [
  '-c',
  'gpg.format=ssh',
  '-c',
  `user.signingkey=${key.file}`,
  '-c',
  'gpg.ssh.program=ssh-keygen',
];

/** A program that asks for a passphrase fails at once instead of waiting for somebody at a terminal. */
export const neverAsk = { SSH_ASKPASS: 'false', SSH_ASKPASS_REQUIRE: 'force', DISPLAY: ':0' };

/**
 * The engineer's git signing key, if it is an SSH key that signs without asking; otherwise an ed25519 key that is made
 * for this e-mail once and kept in the store (mode 0600). Throws `signing-failed`.
 */
export async function signingKey(host: Host, repositoryRoot: string, identity: Person): Promise<SigningKey> {
  const configured = await configuredKey(host, repositoryRoot);
  if (configured !== undefined && (await signsSilently(host, configured.file))) return configured;
  return ownKey(host, identity);
}

async function configuredKey(host: Host, root: string): Promise<SigningKey | undefined> {
  const [format, value, program] = await Promise.all([
    askGit(host, root, ['config', '--get', 'gpg.format']),
    askGit(host, root, ['config', '--get', 'user.signingkey']),
    askGit(host, root, ['config', '--get', 'gpg.ssh.program']),
  ]);
  if (format !== 'ssh' || value === undefined) return undefined;
  // Other programs (password managers) ask their user.
  if (program !== undefined && path.basename(program) !== 'ssh-keygen') return undefined;
  const literal = value.startsWith('key::')
    ? value.slice(5)
    : /^(ssh|ecdsa)-/.test(value)
      ? value
      : undefined;
  if (literal !== undefined) return literalKey(host, literal);
  const file = path.resolve(root, value.replace(/^~(?=\/)/, homedir()));
  const text = await readIfAny(file.endsWith('.pub') ? file : `${file}.pub`);
  return text === undefined ? undefined : describe(file, text);
}

/** A key that git's configuration holds itself: its private half is in the SSH agent, which finds it by this file. */
async function literalKey(host: Host, text: string): Promise<SigningKey | undefined> {
  const file = path.join(host.paths.keys, `agent-${shortHash(text)}.pub`);
  await mkdir(host.paths.keys, { recursive: true, mode: 0o700 });
  await writeFile(file, `${text}\n`, { mode: 0o600 });
  return describe(file, text);
}

function describe(file: string, text: string): SigningKey | undefined {
  const [type, blob] = text.trim().split(/\s+/);
  // A hardware key (`sk-…`) wants to be touched at every signature.
  if (type === undefined || blob === undefined || type.startsWith('sk-')) return undefined;
  return { file, publicKey: `${type} ${blob}`, origin: 'git' };
}

async function signsSilently(host: Host, file: string): Promise<boolean> {
  try {
    await host.processes.run('ssh-keygen', ['-Y', 'sign', '-n', 'greenroom-trial', '-f', file], {
      env: { ...host.environment, ...neverAsk },
      input: 'trial',
      timeout: 5000,
    });
    return true;
  } catch (error) {
    if (!hasReason(error, 'process-failed', 'timeout', 'binary-missing')) throw error;
    host.log.info('the git signing key cannot be used without asking', { file, problem: messageOf(error) });
    return false;
  }
}

const ownKeyFile = (host: Host, email: string): string =>
  path.join(host.paths.keys, `signing-${shortHash(email.toLowerCase())}`);

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);

async function ownKey(host: Host, identity: Person): Promise<SigningKey> {
  const file = ownKeyFile(host, identity.email);
  const there = await readIfAny(`${file}.pub`);
  if (there !== undefined && (await readIfAny(file)) !== undefined) return ownKeyOf(file, there);
  await mkdir(host.paths.keys, { recursive: true, mode: 0o700 });
  return withLock(host, 'signing-key', { purpose: 'making a signing key', wait: 10_000 }, async () => {
    const made = await readIfAny(`${file}.pub`);
    if (made !== undefined && (await readIfAny(file)) !== undefined) return ownKeyOf(file, made);
    const draft = `${file}.new`;
    await rm(draft, { force: true });
    await rm(`${draft}.pub`, { force: true });
    try {
      const args = ['-q', '-t', 'ed25519', '-N', '', '-C', identity.email, '-f', draft];
      await host.processes.run('ssh-keygen', args, { timeout: 20_000 });
    } catch (cause) {
      throw new GreenroomError('signing-failed', {
        detail: hasReason(cause, 'binary-missing') ? 'ssh-keygen is not installed' : messageOf(cause),
        cause,
      });
    }
    await chmod(draft, 0o600);
    // The public half last: both are there once it is.
    await rename(draft, file);
    await rename(`${draft}.pub`, `${file}.pub`);
    return ownKeyOf(file, await readFile(`${file}.pub`, 'utf8'));
  });
}

function ownKeyOf(file: string, text: string): SigningKey {
  const key = describe(file, text);
  if (key === undefined)
    throw new GreenroomError('signing-failed', { subject: file, detail: 'it is damaged' });
  return { ...key, origin: 'greenroom' };
}

/** Keys that Greenroom made in this store, as lines of an allowed-signers file (ssh-keygen, "ALLOWED SIGNERS"). */
export async function ownSigners(host: Host): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(host.paths.keys);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
  const lines: string[] = [];
  for (const name of names.filter(file => /^signing-[0-9a-f]{12}\.pub$/.test(file)).sort()) {
    const [type, blob, email] = (await readFile(path.join(host.paths.keys, name), 'utf8'))
      .trim()
      .split(/\s+/);
    if (type !== undefined && blob !== undefined && email !== undefined)
      lines.push(`${email} ${type} ${blob}`);
  }
  return lines;
}

async function readIfAny(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
