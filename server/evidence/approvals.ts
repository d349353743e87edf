import type { Ledger } from './ledger.ts';
import { parseCommit, readObjects } from './objects.ts';
import { type Person, personText } from './statement.ts';
import {
  pinKey,
  pinnedKeys,
  publicKeyOf,
  type Signature,
  signaturesOf,
  speaksFor,
  type Trust,
  trustFor,
} from './trust.ts';

/** Signs that a person agrees to exactly this plan. Approving twice is one approval. */
export async function approve(
  ledger: Ledger,
  identity: Person,
  digest: string,
): Promise<{ digest: string; by: string; commit: string }> {
  const by = personText(identity);
  const earlier = (await ledger.stored()).find(
    ({ predicate }) =>
      predicate.kind === 'approval' && predicate.digest === digest && predicate.by.email === identity.email,
  );
  if (earlier !== undefined) return { digest, by, commit: earlier.commit };
  const { commit } = await ledger.append({ kind: 'approval', digest, message: `approves ${digest}` });
  return { digest, by, commit };
}

export interface Approvals {
  given: { by: string; at: string; commit: string }[];
  /** Approvals that do not count, and why. */
  rejected: { by: string; commit: string; why: string }[];
}

/**
 * Approvals of a plan that count for this promoter: signed, by another person with another key, each person and key once.
 * Where the team named its signers, only theirs count; otherwise a person's key is accepted at first sight and
 * must stay the same from then on.
 *
 * @param promoter e-mail of whoever promotes: nobody approves their own promotion
 */
export async function approvalsOf(ledger: Ledger, digest: string, promoter: string): Promise<Approvals> {
  const entries = (await ledger.stored()).filter(
    ({ predicate }) => predicate.kind === 'approval' && predicate.digest === digest,
  );
  const result: Approvals = { given: [], rejected: [] };
  if (entries.length === 0) return result;
  const commits = entries.map(({ commit }) => commit);
  const trust = await trustFor(ledger);
  const [signatures, objects, pins, own] = await Promise.all([
    signaturesOf(ledger, trust, commits),
    readObjects(ledger.host, ledger.repository.root, commits),
    pinnedKeys(ledger),
    ledger.key(),
  ]);
  const seen = new Set<string>();
  // Oldest first: the first approval of a person is the one that counts.
  for (let index = entries.length - 1; index >= 0; index--) {
    const entry = entries[index];
    const object = objects[index];
    if (entry === undefined || object === undefined) continue;
    const { commit, predicate } = entry;
    const email = predicate.by.email.toLowerCase();
    const key = publicKeyOf(parseCommit(object).signature ?? '');
    const signature = signatures.get(commit) ?? { state: 'none' };
    const promotersKey =
      ledger.identity.email.toLowerCase() === promoter.toLowerCase() ? own.publicKey : undefined;
    const why =
      email === promoter.toLowerCase()
        ? 'nobody approves their own promotion'
        : (doubt({ signature, key, email, promotersKey }) ??
          (signature.state === 'unknown-key' ? doubtOfStranger(trust, pins.get(email), key) : undefined));
    const by = personText(predicate.by);
    if (why !== undefined || key === undefined) {
      result.rejected.push({ by, commit, why: why ?? unsigned });
      continue;
    }
    if (seen.has(email) || seen.has(key)) continue;
    if (signature.state === 'unknown-key' && !pins.has(email)) await pinKey(ledger, email, key);
    seen.add(email).add(key);
    result.given.push({ by, at: predicate.at, commit });
  }
  return result;
}

const unsigned = 'its signature is missing or wrong';

/** Why an approval does not count, whoever is vouched for. */
function doubt(approval: {
  signature: Signature;
  key: string | undefined;
  email: string;
  promotersKey: string | undefined;
}): string | undefined {
  const { signature, key, email, promotersKey } = approval;
  if (signature.state === 'none' || signature.state === 'bad' || key === undefined) return unsigned;
  if (key === promotersKey) return 'it is signed with the promoter’s own key';
  if (signature.state === 'good' && !speaksFor(signature.principal, email))
    return `it is signed by ${signature.principal}`;
  return undefined;
}

/** A key that nobody vouches for is accepted at first sight, unless the team named its signers. */
function doubtOfStranger(
  trust: Trust,
  pinned: string | undefined,
  key: string | undefined,
): string | undefined {
  if (trust.named) return 'its key is not among the allowed signers';
  return pinned !== undefined && pinned !== key ? 'this person signed with another key before' : undefined;
}
