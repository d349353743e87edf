import assert from 'node:assert/strict';
import { tableSql } from '../../../server/schema/ddlOf.ts';
import { schemaModel } from '../../../server/schema/model.ts';
import { splitDefiner, triggerBody } from '../../../server/schema/parseStored.ts';
import { KnownPieces, parseTable } from '../../../server/schema/parseTable.ts';
import { mapTokens, splitCommas, unquoteString, withoutDatabase } from '../../../server/schema/reader.ts';
import { schemaOf } from './tables.ts';

const defaults = new Map([
  ['utf8mb4', 'utf8mb4_0900_ai_ci'],
  ['latin1', 'latin1_swedish_ci'],
]);

/** As MariaDB 10.11 and MySQL 9 print them. */
const mariadb = `CREATE TABLE \`o\`\`dd\` (
  \`id\` int(11) NOT NULL AUTO_INCREMENT,
  \`a,b\` varchar(20) CHARACTER SET latin1 COLLATE latin1_bin DEFAULT '),\`,\\'' COMMENT 'it''s\\n\\\\',
  \`e\` enum('a','b,c)','it''s') DEFAULT 'a',
  \`d\` datetime(6) NOT NULL DEFAULT current_timestamp(6) ON UPDATE current_timestamp(6),
  \`g\` int(11) GENERATED ALWAYS AS (\`id\` MOD 3) VIRTUAL,
  \`i\` int(10) unsigned zerofill INVISIBLE DEFAULT 3,
  \`c\` text /*M!100301 COMPRESSED*/ DEFAULT NULL CHECK (\`c\` <> 'x\\'y'),
  \`s\` bigint(20) DEFAULT nextval(\`sq\`),
  PRIMARY KEY (\`id\`),
  UNIQUE KEY \`u\` (\`a,b\`(5) DESC,\`e\`) USING HASH COMMENT 'k',
  KEY \`f\` (\`i\`) IGNORED,
  CONSTRAINT \`fk\` FOREIGN KEY (\`i\`, \`id\`) REFERENCES \`p\` (\`x\`, \`y\`) ON DELETE SET NULL ON UPDATE NO ACTION,
  CONSTRAINT \`ck\` CHECK (\`id\` > 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci COMMENT='it''s' WITH SYSTEM VERSIONING
 PARTITION BY RANGE (\`id\`)
(PARTITION \`p0\` VALUES LESS THAN (10) COMMENT = 'x,y' ENGINE = InnoDB,
 PARTITION \`p1\` VALUES LESS THAN MAXVALUE ENGINE = InnoDB)`;
const mysql = `CREATE TABLE \`t\` (
  \`id\` int NOT NULL,
  \`p\` point NOT NULL /*!80003 SRID 4326 */,
  \`j\` json DEFAULT (json_array(_utf8mb4'x')),
  \`v\` int DEFAULT NULL /*!80023 INVISIBLE */,
  KEY \`fn\` ((\`id\` * 2),(lower(\`j\`)) DESC) /*!80000 INVISIBLE */,
  FULLTEXT KEY \`ft\` (\`j\`) /*!50100 WITH PARSER \`ngram\` */ ,
  CONSTRAINT \`c\` CHECK ((\`id\` > 0)) /*!80016 NOT ENFORCED */
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci STATS_PERSISTENT=1`;

describe('reading what servers print', () => {
  it('parses what tables have in common once, and what only looks alike apart', () => {
    const known = new KnownPieces();
    const text = (name: string, collation: string) =>
      `CREATE TABLE \`${name}\` (\n  \`a\` varchar(9) DEFAULT NULL,\n  KEY \`a\` (\`a\`)\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=${collation}`;
    const [one, two, other] = [
      parseTable(text('one', 'utf8mb4_bin'), defaults, known),
      parseTable(text('two', 'utf8mb4_bin'), defaults, known),
      parseTable(text('other', 'utf8mb4_unicode_ci'), defaults, known),
    ];
    assert.equal(one.columns[0], two.columns[0]);
    assert.equal(one.indexes[0], other.indexes[0]);
    assert.equal(other.columns[0]?.collation, 'utf8mb4_unicode_ci');
    assert.deepEqual(
      [one, two, other].map(table => tableSql(table)),
      [text('one', 'utf8mb4_bin'), text('two', 'utf8mb4_bin'), text('other', 'utf8mb4_unicode_ci')],
    );
  });

  it('puts a MariaDB table together again as it was', () => {
    const table = parseTable(mariadb, defaults);
    assert.equal(tableSql(table), mariadb);
    assert.equal(table.name, 'o`dd');
    assert.deepEqual(
      table.columns.map(column => [column.name, column.type, column.default]),
      [
        ['id', 'int(11)', null],
        ['a,b', 'varchar(20)', "'),`,\\''"],
        ['e', "enum('a','b,c)','it''s')", "'a'"],
        ['d', 'datetime(6)', 'current_timestamp(6)'],
        ['g', 'int(11)', null],
        ['i', 'int(10) unsigned zerofill', '3'],
        ['c', 'text', 'NULL'],
        ['s', 'bigint(20)', 'nextval(`sq`)'],
      ],
    );
    const [id, ab, e, d, g, i, c] = table.columns;
    assert.equal(id?.autoIncrement, true);
    assert.deepEqual([ab?.collation, ab?.comment], ['latin1_bin', "it's\n\\"]);
    assert.equal(e?.collation, 'utf8mb4_general_ci');
    assert.equal(d?.onUpdate, 'current_timestamp(6)');
    assert.deepEqual(g?.generated, { expression: '`id` MOD 3', stored: false });
    assert.equal(i?.invisible, true);
    assert.deepEqual([c?.check, c?.other], ["`c` <> 'x\\'y'", ['COMPRESSED']]);
    const unique = table.indexes[1];
    assert.deepEqual(unique?.parts, [
      { column: 'a,b', expression: null, length: 5, descending: true },
      { column: 'e', expression: null, length: null, descending: false },
    ]);
    assert.deepEqual([unique?.using, unique?.comment, table.indexes[2]?.invisible], ['hash', 'k', true]);
    assert.deepEqual(table.foreignKeys[0], {
      name: 'fk',
      columns: ['i', 'id'],
      refDatabase: null,
      refTable: 'p',
      refColumns: ['x', 'y'],
      onDelete: 'SET NULL',
      onUpdate: 'NO ACTION',
      definition:
        'CONSTRAINT `fk` FOREIGN KEY (`i`, `id`) REFERENCES `p` (`x`, `y`) ON DELETE SET NULL ON UPDATE NO ACTION',
    });
    assert.deepEqual(
      table.partitioning?.partitions.map(partition => partition.name),
      ['p0', 'p1'],
    );
  });

  it('reads MySQL’s comments as what they say', () => {
    const table = parseTable(mysql, defaults);
    assert.equal(
      tableSql(table).replaceAll(/\s+/g, ' '),
      mysql.replaceAll(/\s+/g, ' ').replaceAll(' ,', ','),
    );
    assert.deepEqual(table.columns[1]?.other, ['SRID 4326']);
    assert.equal(table.columns[2]?.default, "(json_array(_utf8mb4'x'))");
    assert.equal(table.columns[3]?.invisible, true);
    assert.deepEqual(
      table.indexes[0]?.parts.map(part => [part.expression, part.descending]),
      [
        ['`id` * 2', false],
        ['lower(`j`)', true],
      ],
    );
    assert.equal(table.indexes[0]?.invisible, true);
    assert.deepEqual(table.indexes[1]?.other, ['WITH PARSER `ngram`']);
    assert.equal(table.checks[0]?.enforced, false);
  });

  it('leaves the AUTO_INCREMENT counter out: it is data', () => {
    const text = 'CREATE TABLE `t` (`a` int) ENGINE=InnoDB AUTO_INCREMENT=77 DEFAULT CHARSET=latin1';
    const table = parseTable(text, defaults);
    assert.doesNotMatch(tableSql(table), /77/);
    assert.equal(table.collation, 'latin1_swedish_ci');
  });

  it('survives JSON', () => {
    const schema = schemaOf({ t: mariadb.replace('`o``dd`', '`t`') });
    assert.deepEqual(schemaModel.parse(JSON.parse(JSON.stringify(schema))), schema);
  });

  it('splits at commas that separate, and at no others', () => {
    assert.deepEqual(splitCommas("a, f(b, c), 'd,\\',', `e,``,`, /* g,h */ i"), [
      'a',
      'f(b, c)',
      "'d,\\','",
      '`e,``,`',
      '/* g,h */ i',
    ]);
    assert.equal(unquoteString("'it''s \\n \\' \\\\'"), "it's \n ' \\");
  });

  it('takes the database’s name out of names, not out of strings and columns', () => {
    const text =
      "select `shop`.`t`.`a`, '`shop`.`t`', `x`.`shop`.`y` from `shop`.`t` join `shop` on (`shop`.`v`.`b`)";
    assert.equal(
      withoutDatabase(text, 'shop'),
      "select `t`.`a`, '`shop`.`t`', `x`.`shop`.`y` from `t` join `shop` on (`v`.`b`)",
    );
    assert.equal(
      mapTokens(text, token => token),
      text,
    );
  });

  it('takes definers out, and knows its own', () => {
    const sql = 'CREATE ALGORITHM=MERGE DEFINER=`a``b`@`%` SQL SECURITY INVOKER VIEW `v` AS select 1';
    assert.deepEqual(splitDefiner(sql, []), {
      before: 'ALGORITHM=MERGE',
      definer: '`a``b`@`%`',
      after: 'SQL SECURITY INVOKER VIEW `v` AS select 1',
    });
    assert.equal(splitDefiner(sql, ['`a``b`@`%`']).definer, 'CURRENT_USER');
  });

  it('finds a trigger’s body behind whatever its author wrote before', () => {
    const head = 'trigger /* for each row */ x before insert\n on `a`.t -- c\n for  each row';
    assert.equal(triggerBody(`${head} follows \`y\` set new.a = 1`), 'set new.a = 1');
    assert.equal(triggerBody(`${head}\nbegin for each row; end`), 'begin for each row; end');
  });
});
