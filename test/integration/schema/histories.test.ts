import { startMariadb, type TestServer } from '../../support/mariadb.ts';
import { historyCases } from './historyCases.ts';

describe('schema diff on real histories', () => {
  let server: TestServer;
  before(async () => {
    server = await startMariadb();
  });
  after(() => server?.stop());
  historyCases(() => server);
});
