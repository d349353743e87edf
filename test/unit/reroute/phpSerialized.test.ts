import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mapSerialized, NotSerialized } from '../../../server/reroute/tables/phpSerialized.ts';
import { rerouteValue } from '../../../server/reroute/tables/settings.ts';
import { needs } from '../../support/requirements.ts';
import { facts, planted } from './site.ts';

describe('PHP-serialized settings', () => {
  it('stay valid for PHP whatever is replaced: multi-byte, nested, objects, numbers', function () {
    needs(this, 'program:php');
    const make = `class A { public $x = 'old'; private $y = 'old'; protected $z = 1; }
      $a = ['k' => 'old', 'ü' => 'olé', 5 => [true, null, 1.5, -3], 'o' => new A, 'n' => serialize(['k' => 'old'])];
      echo serialize($a);`;
    const text = execFileSync('php', ['-r', make], { encoding: 'utf8' });
    const seen: string[] = [];
    const changed = mapSerialized(text, ({ path, value }) => {
      seen.push(path.join('.'));
      return value === 'old' ? 'neü "new"; }' : undefined;
    });
    assert.deepEqual(seen, ['k', 'ü', '5.0', '5.2', '5.3', 'o.x', 'o.y', 'o.z', 'n.k']);
    const read = `class A { public $x; private $y; protected $z; function all() { return [$this->x, $this->y, $this->z]; } }
      $a = unserialize(stream_get_contents(STDIN)); echo json_encode([$a['k'], $a['ü'], $a[5], $a['o']->all(), unserialize($a['n'])]);`;
    assert.deepEqual(JSON.parse(execFileSync('php', ['-r', read], { input: changed, encoding: 'utf8' })), [
      'neü "new"; }',
      'olé',
      [true, null, 1.5, -3],
      ['neü "new"; }', 'neü "new"; }', 1],
      { k: 'neü "new"; }' },
    ]);
  });

  it('anything else is refused, never half changed', () => {
    for (const text of [
      '',
      'a:1:{',
      'a:1:{i:0;s:5:"abc";}',
      's:3:"abc"',
      'i:1;x',
      'C:1:"A":0:{}',
      'a:2:{i:0;i:1;}',
    ])
      assert.throws(() => mapSerialized(text, () => 'x'), NotSerialized, text);
  });

  it('gateways go to test mode, keys to placeholders, mail to the inbox', () => {
    const gateway = `a:4:{s:7:"enabled";s:3:"yes";s:8:"testmode";s:2:"no";s:10:"secret_key";s:${planted.stripe.length}:"${planted.stripe}";s:5:"title";s:4:"Card";}`;
    assert.equal(
      rerouteValue(['woocommerce_stripe_settings'], gateway, facts),
      'a:4:{s:7:"enabled";s:3:"yes";s:8:"testmode";s:3:"yes";s:10:"secret_key";s:28:"sk_test_greenroomplaceholder";s:5:"title";s:4:"Card";}',
    );
    const mail = JSON.stringify({
      mail: { mailer: 'smtp' },
      smtp: { host: 'smtp.example.com', port: '587', pass: planted.smtp },
    });
    assert.deepEqual(JSON.parse(rerouteValue(['wp_mail_smtp'], mail, facts) ?? ''), {
      mail: { mailer: 'smtp' },
      smtp: { host: '127.0.0.1', port: '22525', pass: 'greenroom' },
    });
    assert.equal(rerouteValue(['woocommerce_currency'], 'EUR', facts), undefined);
    assert.equal(
      rerouteValue(['note'], `use ${planted.stripe} now`, facts),
      'use sk_test_greenroomplaceholder now',
    );
  });
});
