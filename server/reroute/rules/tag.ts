import type { Decision, NamedSetting, Rule, RuleContext } from './rule.ts';

/** Settings that say which environment this is. */
const environmentNames =
  /^(APP_ENV|APPLICATION_ENV|APP_ENVIRONMENT|ENVIRONMENT|NODE_ENV|WP_ENVIRONMENT_TYPE|WP_ENV|RAILS_ENV|RACK_ENV|DJANGO_ENV|FLASK_ENV|CRAFT_ENVIRONMENT|CI_ENVIRONMENT|ASPNETCORE_ENVIRONMENT|DOTNET_ENVIRONMENT|SENTRY_ENVIRONMENT|NEW_RELIC_ENVIRONMENT|TYPO3_CONTEXT|SPRING_PROFILES_ACTIVE)$/;
const siteNames =
  /^(APP_URL|WP_HOME|WP_SITEURL|SITE_URL|BASE_URL|DEFAULT_URI|PRIMARY_SITE_URL|NEXTAUTH_URL|PUBLIC_URL|ASSET_URL)$/;
const cookieDomains = /^(SESSION_DOMAIN|COOKIE_DOMAIN|SESSION_COOKIE_DOMAIN|CSRF_COOKIE_DOMAIN)$/;

export const tagName = 'GREENROOM_ENVIRONMENT';
const staging = 'staging';

/** Marks the environment as staging, and points its own address at where it is served. */
export const tagRule: Rule = (file, context) => {
  const decisions = new Map<NamedSetting, Decision>();
  for (const setting of file.named) {
    const decision = decide(setting, context);
    if (decision) decisions.set(setting, decision);
  }
  return decisions;
};

function decide(setting: NamedSetting, { facts, exists }: RuleContext): Decision | undefined {
  const { name, path, value } = setting;
  const top = path.length === 1;
  if (name === tagName && top) return { what: 'tag', value: facts.id };
  // A list of `NAME=value` under `environment` is something else.
  if (environmentNames.test(name) && value !== '' && !value?.includes('=')) {
    // Rails does not start in an environment without a file of its own.
    if (
      /^(RAILS|RACK)_ENV$/.test(name) &&
      exists('config/environment.rb') &&
      !exists('config/environments/staging.rb')
    )
      return undefined;
    // What already says that it is not production is left alone.
    if (value !== undefined && /^(dev|development|local|test|testing)$/i.test(value)) return undefined;
    return { what: 'tag', value: name === 'TYPO3_CONTEXT' ? 'Production/Staging' : staging };
  }
  if (top && siteNames.test(name) && facts.siteUrl !== undefined && value !== undefined && value !== '')
    return { what: 'tag', value: facts.siteUrl + pathOf(value) };
  if (top && cookieDomains.test(name) && value !== '') return { what: 'tag', value: '' };
  return undefined;
}

function pathOf(url: string): string {
  const path = URL.canParse(url) ? new URL(url).pathname : '';
  return path === '/' ? '' : path;
}
