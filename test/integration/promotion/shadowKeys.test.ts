import { startMariadb, type TestServer } from '../../support/mariadb.ts';
import { incomingKeyCases } from './shadowKeysCases.ts';

describe('shadow tables: foreign keys in all directions', () => {
  let server: TestServer;
  before(async () => {
    server = await startMariadb();
  });
  after(() => server?.stop());
  incomingKeyCases(() => server);
});
