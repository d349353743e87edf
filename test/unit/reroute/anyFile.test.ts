import assert from 'node:assert/strict';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { formatOf } from '../../../server/reroute/formats/formatOf.ts';
import { planted, type TestSite, testSite } from './site.ts';

type Group = Record<string, string>;
type Settings = Record<string, Group>;

const quote = (text: string) => JSON.stringify(text);
const phpQuote = (text: string) => `'${text.replace(/[\\']/g, '\\$&')}'`;

/** How each format writes groups of settings. */
const writers: Record<string, (settings: Settings) => string> = {
  'config.json': settings => JSON.stringify(settings, null, 1),
  'config.yml': settings => stringify(settings),
  'config.toml': settings => sections(settings, (key, value) => `${key} = ${quote(value)}`),
  'config.ini': settings =>
    sections(settings, (key, value) => `${key} = "${value.replace(/["\\]/g, '\\$&')}"`),
  '.env': settings =>
    Object.entries(settings)
      .flatMap(([group, keys]) =>
        Object.entries(keys).map(([key, value]) => `${group}_${key}='${value.replaceAll("'", '')}'`),
      )
      .join('\n'),
  'config.py': settings =>
    dictionaries(
      settings,
      group => `${group} = {`,
      key => `'${key}': `,
      '}',
    ),
  'config.rb': settings =>
    dictionaries(
      settings,
      group => `config.${group} = {`,
      key => `:${key} => `,
      '}',
    ),
  'config.js': settings =>
    dictionaries(
      settings,
      group => `exports.${group} = {`,
      key => `${key}: `,
      '};',
    ),
  'config.php': settings =>
    `<?php\nreturn [\n${Object.entries(settings)
      .map(
        ([group, keys]) =>
          `  '${group}' => [${Object.entries(keys)
            .map(([key, value]) => `'${key}' => ${phpQuote(value)}`)
            .join(', ')}],`,
      )
      .join('\n')}\n];\n`,
};

function dictionaries(
  settings: Settings,
  open: (group: string) => string,
  label: (key: string) => string,
  close: string,
): string {
  return Object.entries(settings)
    .map(([group, keys]) => {
      const entries = Object.entries(keys).map(([key, value]) => `  ${label(key)}${quote(value)}`);
      return `${open(group)}\n${entries.join(',\n')}\n${close}\n`;
    })
    .join('');
}

function sections(settings: Settings, line: (key: string, value: string) => string): string {
  return Object.entries(settings)
    .map(
      ([group, keys]) =>
        `[${group}]\n${Object.entries(keys)
          .map(([key, value]) => line(key, value))
          .join('\n')}\n`,
    )
    .join('\n');
}

// Names that no rule knows: what happens to values then is decided by what they are.
const name = fc.stringMatching(/^q[a-z]{0,6}x$/);
const harmless = fc.stringMatching(/^[A-Za-z][ A-Za-z.,'-]{0,20}$/);
const credential = fc.constantFrom(planted.stripe, planted.awsId);
const value = fc.oneof(
  { weight: 3, arbitrary: harmless },
  credential,
  fc.tuple(harmless, credential).map(([before, secret]) => `${before} ${secret} end`),
  credential.map(secret => Buffer.from(`{"k":"${secret}"}`).toString('base64')),
);
const settings = fc.dictionary(name, fc.dictionary(name, value, { minKeys: 1, maxKeys: 4 }), {
  minKeys: 1,
  maxKeys: 4,
});

describe('any file', () => {
  let site: TestSite;
  beforeEach(async () => {
    site = await testSite();
  });
  afterEach(() => site.remove());

  for (const [file, write] of Object.entries(writers))
    it(`${file}: wherever a credential stands it goes, and everything else is what it was`, async () => {
      await fc.assert(
        fc.asyncProperty(settings, async generated => {
          const text = write(generated);
          await site.write(file, text);
          await site.fork({ files: [file] });
          const fork = await site.read(file);
          const read = (of: string) =>
            new Map(
              formatOf(file)
                ?.parse(of, file)
                .settings.map(one => [one.path.join('.'), one.value ?? '']),
            );
          const [before, after] = [read(text), read(fork)];
          assert.ok(before.size > 0);
          for (const [key, old] of before) {
            const now = after.get(key) ?? '';
            const decoded = now + Buffer.from(now, 'base64').toString('latin1');
            for (const secret of [planted.stripe, planted.awsId]) assert.ok(!decoded.includes(secret), fork);
            if (!/sk_live|AKIA/.test(old + Buffer.from(old, 'base64').toString('latin1')))
              assert.equal(now, old);
          }
          await site.fork({ files: [file] });
          assert.equal(await site.read(file), fork, 'a second fork changes nothing');
        }),
        { numRuns: 40 },
      );
    });
});
