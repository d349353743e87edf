import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { resolveInside } from '../platform/paths.ts';
import type { EnvironmentFacts } from './facts.ts';
import type { Draft, ForkReport } from './fork.ts';
import { readSiteFile, type SiteRoots, writeSiteFile } from './siteFiles.ts';

/**
 * WordPress hands its mail to PHP's `mail()`, which no setting redirects: a must-use plugin of the environment's own
 * sends it to the inbox, whatever started PHP. Requests that leave the machine and change something go to the catcher.
 */
export async function wordpressMail(
  roots: SiteRoots,
  drafts: readonly Draft[],
  facts: EnvironmentFacts,
  report: ForkReport,
): Promise<void> {
  for (const { forked } of drafts) {
    if (!/(^|\/)wp-config\.php$/.test(forked.file)) continue;
    const content = path.join(path.dirname(forked.file), 'wp-content');
    if (!existsSync(path.join(roots.site, content))) continue;
    const file = path.join(content, 'mu-plugins', 'greenroom-reroute.php');
    const directory = path.dirname(await resolveInside(roots.site, file, roots.linked));
    // A directory that only the fork needs is as little part of a plan as the file in it.
    if ((await mkdir(directory, { recursive: true, mode: 0o755 })) !== undefined)
      report.files.push(path.dirname(file));
    const present = await readSiteFile(roots, roots.site, file);
    const text = plugin(facts);
    report.files.push(file);
    if (present?.text === text) continue;
    await writeSiteFile(roots, {
      file,
      text,
      encoding: 'utf8',
      byteOrderMark: false,
      mode: 0o644,
      owner: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
    });
    report.changes.push({ file, key: 'wp_mail', what: 'mail' });
  }
}

function plugin({ smtp, http }: EnvironmentFacts): string {
  return `<?php
/*
Plugin Name: Greenroom
Description: This site is a staging environment: its mail goes to the environment's inbox, and requests to other machines to its catcher. Never part of a promotion.
*/
if (!defined('ABSPATH')) {
    exit;
}

add_action('phpmailer_init', function ($mailer) {
    $mailer->isSMTP();
    $mailer->Host = '${smtp.host}';
    $mailer->Port = ${smtp.port};
    $mailer->SMTPAuth = false;
    $mailer->SMTPSecure = '';
    $mailer->SMTPAutoTLS = false;
}, PHP_INT_MAX);

add_filter('pre_http_request', function ($answer, $arguments, $url) {
    $host = (string) wp_parse_url($url, PHP_URL_HOST);
    $method = strtoupper($arguments['method'] ?? 'GET');
    $local = in_array($host, ['localhost', '127.0.0.1', '[::1]', ''], true);
    $stripe = $host === 'api.stripe.com';
    if ($local || (!$stripe && in_array($method, ['GET', 'HEAD'], true))) {
        return $answer;
    }
    $path = preg_replace('~^https?://[^/?#]*~i', '', $url);
    $arguments['headers'] = array_merge((array) ($arguments['headers'] ?? []), ['X-Greenroom-Host' => $host]);
    $arguments['reject_unsafe_urls'] = false;
    return wp_remote_request('${http.url}/' . ($stripe ? 'stripe' : 'to/' . $host) . $path, $arguments);
}, PHP_INT_MAX, 3);
`;
}
