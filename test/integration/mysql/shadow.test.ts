import { needsMysql } from '../../support/mysql.ts';
import { type MysqlServer, startMysql } from '../../support/mysqlServer.ts';
import { incomingKeyCases } from '../promotion/shadowKeysCases.ts';
import { raceCases } from '../promotion/shadowRaceCases.ts';

describe('shadow tables on MySQL', function () {
  this.timeout(600_000);
  let server: MysqlServer;
  before(async function () {
    await needsMysql(this);
    server = await startMysql();
  });
  after(() => server?.stop());
  describe('foreign keys in all directions', () => incomingKeyCases(() => server));
  describe('what is under way at the wrong moment', () => raceCases(() => server, 'under-lock'));
});
