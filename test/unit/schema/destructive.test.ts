import assert from 'node:assert/strict';
import { classify } from '../../../server/schema/destructive.ts';
import { diffSchemas } from '../../../server/schema/diff.ts';
import { schemaOf } from './tables.ts';

const utf8 = 'CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci';
const latin1 = 'CHARACTER SET latin1 COLLATE latin1_swedish_ci';

/** Changes of one column. What is on the left loses values or meaning on its way to the right, or does not. */
const lossy: [string, string][] = [
  ['int(11)', 'smallint(6)'],
  ['int(11)', 'int(10) unsigned'],
  ['int(10) unsigned', 'int(11)'],
  ['bigint(20)', 'decimal(10,0)'],
  ['bigint(20)', 'double'],
  ['int(11)', 'varchar(20)'],
  ['decimal(10,3)', 'decimal(10,2)'],
  ['decimal(10,3)', 'decimal(10,4)'],
  ['double', 'float'],
  ['double', 'decimal(10,2)'],
  ['varchar(20)', 'varchar(19)'],
  ['varchar(20)', 'char(20)'],
  ['varchar(20)', 'int(11)'],
  ['varchar(300)', 'tinytext'],
  ['text', 'varchar(100)'],
  ['mediumtext', 'text'],
  ['blob', 'tinyblob'],
  ['text', 'blob'],
  ['varbinary(20)', 'varchar(20)'],
  ["enum('a','b')", "enum('b','a')"],
  ["enum('a','b')", "enum('a')"],
  ["enum('a','bbb')", 'varchar(2)'],
  ["set('a','b')", "set('b')"],
  ['datetime', 'date'],
  ['datetime(6)', 'datetime'],
  ['timestamp', 'datetime'],
  ['datetime', 'timestamp'],
  ['bit(8)', 'bit(7)'],
  ['varchar(20)', `varchar(20) ${latin1}`],
  ['varchar(20)', `varchar(20) ${utf8}`],
];
const harmless: [string, string][] = [
  ['int(11)', 'bigint(20)'],
  ['int(11)', 'int(10)'],
  ['int(10) unsigned', 'bigint(20)'],
  ['int(11)', 'decimal(10,0)'],
  ['int(11)', 'double'],
  ['tinyint(4)', "tinyint(4) COMMENT 'x'"],
  ['decimal(10,3)', 'decimal(11,4)'],
  ['float', 'double'],
  ['varchar(20)', 'varchar(21)'],
  ['char(20)', 'varchar(20)'],
  ['varchar(20)', 'tinytext'],
  ['text', 'longtext'],
  ['tinyblob', 'blob'],
  ["enum('a','b')", "enum('a','b','c')"],
  ["enum('a','bbb')", 'varchar(3)'],
  ["set('a')", "set('a','b')"],
  ['date', 'datetime'],
  ['datetime', 'datetime(3)'],
  ['bit(7)', 'bit(8)'],
  [`varchar(20) ${utf8}`, 'varchar(20)'],
  [`varchar(20) ${latin1}`, `varchar(20) ${utf8}`],
  ['varchar(20)', "varchar(20) NOT NULL DEFAULT ''"],
];

function reasonsOf(from: string, to: string): string[] {
  const before = schemaOf({ t: `\`id\` int(11) NOT NULL, ${from}` });
  const after = schemaOf({ t: `\`id\` int(11) NOT NULL, ${to}` });
  const [change] = diffSchemas(before, after).changes;
  assert.ok(change !== undefined, `no change from ${from} to ${to}`);
  assert.deepEqual(classify(change, before, after), {
    destructive: change.destructive,
    reasons: change.reasons,
  });
  return change.reasons;
}

describe('what counts as destructive', () => {
  for (const [from, to] of lossy)
    it(`${from} → ${to} does`, () => assert.equal(reasonsOf(`\`a\` ${from}`, `\`a\` ${to}`).length, 1));
  for (const [from, to] of harmless)
    it(`${from} → ${to} does not`, () => assert.deepEqual(reasonsOf(`\`a\` ${from}`, `\`a\` ${to}`), []));

  it('a dropped column does, unless it was computed', () => {
    assert.equal(reasonsOf('`a` int(11), `b` int(11)', '`a` int(11)').length, 1);
    assert.deepEqual(
      reasonsOf('`a` int(11), `b` int(11) GENERATED ALWAYS AS (`a`) VIRTUAL', '`a` int(11)'),
      [],
    );
    assert.equal(reasonsOf('`a` int(11)', '`a` int(11) GENERATED ALWAYS AS (`id`) STORED').length, 1);
  });

  it('new columns, keys and checks do not', () => {
    const more = '`a` int(11), `b` int(11) NOT NULL, UNIQUE KEY `u` (`a`), CONSTRAINT `c` CHECK (`a` > 0)';
    assert.deepEqual(reasonsOf('`a` int(11)', more), []);
    assert.deepEqual(reasonsOf(more, '`a` int(11), `b` int(11) NOT NULL'), []);
  });

  it('a dropped table does, and its sentence names it', () => {
    const before = schemaOf({ t: '`a` int(11)' });
    const [change] = diffSchemas(before, schemaOf({})).changes;
    assert.deepEqual([change?.destructive, change?.reasons], [true, ['drops the table t with all its rows']]);
  });
});
