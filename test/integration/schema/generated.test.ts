import { startMariadb, type TestServer } from '../../support/mariadb.ts';
import { generatedPairs } from './generatedPairs.ts';

describe('schema diff on generated pairs of schemas', () => {
  let server: TestServer;
  before(async () => {
    server = await startMariadb();
  });
  after(() => server?.stop());
  generatedPairs(() => server, 'mariadb');
});
