import { startMariadb, type TestServer } from '../../support/mariadb.ts';
import { raceCases } from './shadowRaceCases.ts';

describe('shadow tables: what is under way at the wrong moment', () => {
  let server: TestServer;
  before(async () => {
    server = await startMariadb();
  });
  after(() => server?.stop());
  raceCases(() => server, 'behind-lock');
});
