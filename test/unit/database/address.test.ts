import assert from 'node:assert/strict';
import { describeAddress, parseDatabaseUrl } from '../../../server/database/address.ts';
import { GreenroomError } from '../../../server/platform/errors.ts';

describe('database URLs', () => {
  it('reads host, port, user, password and database', () => {
    assert.deepEqual(parseDatabaseUrl('mysql://reader:p%40ss%2F@db.example:3307/shop'), {
      host: 'db.example',
      port: 3307,
      user: 'reader',
      password: 'p@ss/',
      database: 'shop',
    });
    assert.deepEqual(parseDatabaseUrl('mariadb://root@[::1]/'), { host: '::1', port: 3306, user: 'root' });
    assert.deepEqual(parseDatabaseUrl('mysql://r@h/a%20b%60c'), {
      host: 'h',
      port: 3306,
      user: 'r',
      database: 'a b`c',
    });
  });

  it('prefers a socket to host and port, and the password given beside the URL to the one in it', () => {
    assert.deepEqual(
      parseDatabaseUrl('mysql://u:old@localhost/shop?socketPath=/run/mysqld/mysqld.sock', 'new'),
      {
        socketPath: '/run/mysqld/mysqld.sock',
        user: 'u',
        password: 'new',
        database: 'shop',
      },
    );
  });

  it('reads how the connection is to be encrypted', () => {
    const address = parseDatabaseUrl('mysql://u@h/d?tls=verified&ca=/etc/ca.pem');
    assert.equal(address.tls, 'verified');
    assert.equal(address.tlsAuthorityFile, '/etc/ca.pem');
    assert.equal(parseDatabaseUrl('mysql://u@h/d?tls=off').tls, undefined);
  });

  for (const [url, problem] of [
    ['postgres://u:hunter2@h/d', 'scheme'],
    ['hunter2', 'URL'],
    ['mysql://h/d', 'user'],
    ['mysql://u:hunter2@h/d/e', 'more than'],
    ['mysql://u:%zzhunter2@h/d', 'percent'],
    ['mysql://u:hunter2@h/d?tls=maybe', 'tls'],
  ] as const)
    it(`refuses ${url.replace('hunter2', '…')} without repeating what may be a password`, () => {
      assert.throws(
        () => parseDatabaseUrl(url),
        (error: unknown) =>
          error instanceof GreenroomError &&
          error.reason === 'configuration-invalid' &&
          error.message.includes(problem) &&
          !error.message.includes('hunter2'),
      );
    });

  it('describes an address without its password', () => {
    assert.equal(
      describeAddress(parseDatabaseUrl('mysql://reader:secret@127.0.0.1/shop')),
      'reader@127.0.0.1:3306/shop',
    );
    assert.equal(describeAddress({ user: 'u', password: 'secret', socketPath: '/s' }), 'u@/s');
  });
});
