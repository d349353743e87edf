import type { EnvironmentFacts } from '../facts.ts';

/** A shape of live credentials, wherever it stands. */
export interface KeyShape {
  /** What it is, for people: `Stripe live secret key`. */
  kind: string;
  /** Without flags and anchors; word boundaries are the shape's own. */
  live: RegExp;
  /** What may stand in its place: same alphabet, refused by the provider, not live by any shape. */
  placeholder: string;
}

export interface ProviderSetting {
  /** Matched against a setting's full name in capitals, `SERVICES_STRIPE_SECRET`, and its last name. */
  name: RegExp;
  what: 'mail' | 'sandbox' | 'placeholder';
  /** True where the value that goes is a secret. */
  secret?: boolean;
  /** What else the group needs: a port where only a host was named. */
  beside?(facts: EnvironmentFacts): { word: string; value: string };
  /** What the sandbox has there; `undefined` leaves the setting as it is. `current` is `undefined` when it is computed. */
  sandbox(facts: EnvironmentFacts, current: string | undefined): string | undefined;
}

/** Addresses that are recognised by what they are, whatever the setting is called. */
export interface ProviderUrl {
  /** The whole value. */
  pattern: RegExp;
  what: 'mail' | 'sandbox';
  secret?: boolean;
  sandbox(facts: EnvironmentFacts, current: string): string;
}

/** What is known of one provider, as data. */
export interface Provider {
  name: string;
  title: string;
  settings: readonly ProviderSetting[];
  keys: readonly KeyShape[];
  urls: readonly ProviderUrl[];
  /** Credentials that are test credentials and stay. */
  test?: RegExp;
}

/** A secret that has no sandbox value: a placeholder, unless it is a test credential. */
export function secret(name: RegExp, value: string, test?: RegExp): ProviderSetting {
  return {
    name,
    what: 'placeholder',
    secret: true,
    sandbox: (_facts, current) =>
      current === '' || (current !== undefined && test?.test(current)) ? undefined : value,
  };
}

/** A switch between live and test, written the way the old value was. */
export function mode(name: RegExp, words: Readonly<Record<string, string>>): ProviderSetting {
  return {
    name,
    what: 'sandbox',
    sandbox: (_facts, current) => {
      if (current === undefined) return undefined;
      const word = words[current.toLowerCase()];
      if (word === undefined) return undefined;
      return current === current.toUpperCase() && /[A-Z]{2}/.test(current) ? word.toUpperCase() : word;
    },
  };
}

/** An address of the provider's interface: the catcher, below the provider's name. */
export function endpoint(name: RegExp, provider: string): ProviderSetting {
  return {
    name,
    what: 'sandbox',
    sandbox: (facts, current) => (current === '' ? undefined : `${facts.http.url}/${provider}`),
  };
}

/** Any address on a provider's host, path kept, at the catcher. */
export function caughtUrl(host: string, provider: string): ProviderUrl {
  return {
    pattern: new RegExp(`^https?://${host}(?=[:/?#]|$)`, 'i'),
    what: 'sandbox',
    secret: true,
    sandbox: (facts, current) => {
      // The path of such an address is the secret itself: only its kind is kept.
      const first = URL.canParse(current) ? (new URL(current).pathname.split('/')[1] ?? '') : '';
      return `${facts.http.url}/${provider}${first === '' ? '' : `/${first}`}`;
    },
  };
}

export const liveToTest: Readonly<Record<string, string>> = {
  live: 'test',
  production: 'sandbox',
  prod: 'sandbox',
};
