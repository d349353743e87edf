import assert from 'node:assert/strict';
import fc from 'fast-check';
import { matcher, repositoryToSite, siteToRepository } from '../../../server/files/mapping.ts';

const rule = (from: string, to: string, ...exclude: string[]) => ({ from, to, exclude });

describe('mapping of repository and site', () => {
  it('maps the whole repository by default, without git’s own files and Greenroom’s configuration', () => {
    const rules = [rule('.', '.')];
    assert.equal(repositoryToSite(rules, 'app/A.php'), 'app/A.php');
    assert.equal(repositoryToSite(rules, 'app/greenroom.jsonc'), 'app/greenroom.jsonc');
    for (const file of [
      '.git/config',
      '.gitignore',
      'app/.gitignore',
      'sub/.git',
      'greenroom.jsonc',
      '.greenroom/x',
    ])
      assert.equal(repositoryToSite(rules, file), undefined, file);
  });

  it('takes the most specific rule, both ways', () => {
    const rules = [rule('.', 'all'), rule('web/', './'), rule('web/lib', 'vendor/lib', '*.md')];
    assert.equal(repositoryToSite(rules, 'web/index.php'), 'index.php');
    assert.equal(repositoryToSite(rules, 'website/x'), 'all/website/x');
    assert.equal(repositoryToSite(rules, 'web/lib/a.php'), 'vendor/lib/a.php');
    assert.equal(repositoryToSite(rules, 'web/lib/README.md'), undefined);
    assert.equal(siteToRepository(rules, 'vendor/lib/a.php'), 'web/lib/a.php');
    assert.equal(siteToRepository(rules, 'index.php'), 'web/index.php');
    assert.equal(siteToRepository(rules, 'all/website/x'), 'website/x');
    // Not the excluded file of web/lib, but where a file of that name would come from.
    assert.equal(siteToRepository(rules, 'vendor/lib/README.md'), 'web/vendor/lib/README.md');
    assert.equal(siteToRepository([rule('web', 'public')], 'uploads/x'), undefined);
    assert.equal(repositoryToSite([rule('web/index.php', 'start.php')], 'web/index.php'), 'start.php');
  });

  it('never maps out of the site', () => {
    for (const to of ['..', '../x', '/etc', 'a/../../b', '..\\x'])
      assert.equal(repositoryToSite([rule('.', to)], 'file'), undefined, to);
  });

  it('excludes names, directories and globs, below the rule’s own directory', () => {
    const excluded = matcher(['docs', 'a/b', '*.map', '**/*.test.js', '.env*', '[x].php']);
    for (const path of [
      'docs',
      'docs/x/y',
      'a/b/c',
      'x.map',
      'deep/er/y.test.js',
      '.env.local',
      '[x].php',
      'x.php',
    ])
      assert.equal(excluded(path), true, path);
    for (const path of ['a', 'a/bc', 'doc', 'deep/x.map', 'mydocs'])
      assert.equal(excluded(path), false, path);
  });

  it('what goes to the site comes back to the same file', () => {
    const part = fc.constantFrom('a', 'b', 'web', 'lib', '.env', 'ü');
    const relative = fc.array(part, { minLength: 1, maxLength: 4 }).map(parts => parts.join('/'));
    const rules = fc.array(fc.record({ from: relative, to: relative, exclude: fc.constant([]) }), {
      maxLength: 4,
    });
    let checked = 0;
    fc.assert(
      fc.property(rules, relative, (some, file) => {
        const all = [...some, rule('.', 'rest')];
        const site = repositoryToSite(all, file);
        const back = site === undefined ? undefined : siteToRepository(all, site);
        if (site === undefined || back === undefined) return;
        checked++;
        // Two rules may lead to one place; the answer then is one that leads there.
        assert.equal(repositoryToSite(all, back), site);
      }),
    );
    assert.ok(checked > 50);
  });
});
