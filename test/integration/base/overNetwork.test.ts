import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { buildBase } from '../../../server/base/build.ts';
import { unattended } from '../../../server/platform/progress.ts';
import { baseContext, lookIntoBase } from '../../support/base.ts';
import { startMariadb, type TestServer } from '../../support/mariadb.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

describe('a base of a production that is reached over the network', function () {
  this.timeout(200_000);
  let server: TestServer;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let certificate: string;

  before(async () => {
    directory = await temporaryDirectory();
    certificate = path.join(directory.path, 'certificate.pem');
    const key = path.join(directory.path, 'key.pem');
    const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'];
    const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    const files = ['-keyout', key, '-out', certificate];
    execFileSync('openssl', [...request, ...names, ...files], { stdio: 'pipe' });
    server = await startMariadb([`--ssl-cert=${certificate}`, `--ssl-key=${key}`]);
    await server.execute(
      'CREATE DATABASE shop',
      'CREATE TABLE shop.t (id INT AUTO_INCREMENT PRIMARY KEY, email VARCHAR(100), word VARCHAR(200), long_one LONGTEXT)',
      `INSERT INTO shop.t SELECT seq, CONCAT('person', seq, '@firma.de'), REPEAT(MD5(seq), 5), IF(seq % 1000 = 0, REPEAT(MD5(seq), 20000), NULL)
         FROM shop.seq_1_to_40000`,
    );
  });
  after(async () => {
    await server.stop();
    await directory.remove();
  });

  for (const how of ['off', 'verified'] as const)
    it(`has every row, TLS ${how}`, async () => {
      const { host, port } = server;
      const tls = how === 'off' ? {} : { tls: how, tlsAuthorityFile: certificate };
      const production = { host, port, user: 'root', database: 'shop', ...tls };
      const rules = { 't.email': 'email' as const, '*.*': { keep: 'test' } };
      const context = baseContext(path.join(directory.path, how), production, { rules });
      const { rows } = await buildBase(context, unattended);
      assert.equal(rows, 40_000);
      const kept =
        'SELECT COUNT(*), SUM(CRC32(word)), SUM(CRC32(long_one)), COUNT(DISTINCT email) FROM shop.t';
      const expected = (await server.query(kept)).map(row => Object.values(row).map(String));
      await lookIntoBase(context, async clone => {
        assert.deepEqual(
          (await clone.rows(kept)).map(row => row.map(String)),
          expected,
        );
        assert.deepEqual(await clone.rows("SELECT COUNT(*) FROM t WHERE email LIKE '%firma.de'"), [[0]]);
      });
    });
});
