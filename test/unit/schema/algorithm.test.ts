import assert from 'node:assert/strict';
import { diffSchemas } from '../../../server/schema/diff.ts';
import { schemaOf } from './tables.ts';

/** Answers of MariaDB 11.8 to `ALGORITHM=COPY, LOCK=NONE`; what 10.11 and MySQL answer, they are asked in the integration tests. */
const key = '`id` int(11) NOT NULL, PRIMARY KEY (`id`)';
const child = (action: string) =>
  `\`id\` int(11) NOT NULL, \`v\` varchar(30) DEFAULT NULL, PRIMARY KEY (\`id\`), CONSTRAINT \`c\` FOREIGN KEY (\`id\`) REFERENCES \`p\` (\`id\`)${action}`;
const shorter = (body: string) => body.replace('varchar(30)', 'varchar(10)');
const cases: { what: string; from: string; to: string; online: boolean }[] = [
  { what: 'a type', from: child(''), to: shorter(child('')), online: true },
  ...[' ON DELETE CASCADE', ' ON UPDATE SET NULL'].map(action => ({
    what: `a type, with a foreign key${action}`,
    from: child(action),
    to: shorter(child(action)),
    online: false,
  })),
  {
    what: 'a column that gets AUTO_INCREMENT',
    from: key,
    to: key.replace('NOT NULL', 'NOT NULL AUTO_INCREMENT'),
    online: false,
  },
  {
    what: 'a column that comes stored',
    from: key,
    to: `${key}, \`n\` int(11) GENERATED ALWAYS AS (\`id\` + 1) STORED`,
    online: true,
  },
];

describe('forecast of what a copying ALTER TABLE blocks', () => {
  for (const { what, from, to, online } of cases)
    for (const version of [
      [10, 11, 6],
      [11, 8, 2],
    ] as [number, number, number][])
      it(`${what}, MariaDB ${version.join('.')}`, () => {
        const of = (body: string) => schemaOf({ p: key, t: body }, { version });
        const [change] = diffSchemas(of(from), of(to)).changes;
        assert.equal(change?.algorithm, 'copy');
        assert.equal(change.locks, online && version[0] === 11 ? 'none' : 'writes');
      });
});
