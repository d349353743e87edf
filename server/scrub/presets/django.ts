import type { Preset } from './preset.ts';

/** Django 3 to 5: `contrib` tables, Django REST framework's tokens, and django-allauth. */
export const django: Preset = {
  name: 'django',
  anchors: ['django_migrations', 'django_content_type'],
  tables: {
    auth_user: {
      passwordHash: 'password',
      userName: 'username',
      givenName: 'first_name',
      familyName: 'last_name',
      email: 'email',
    },
    auth_group: { keep: 'name' },
    auth_permission: { keep: 'name codename' },
    django_session: { token: 'session_key session_data' },
    django_admin_log: { text: 'object_repr object_id', json: 'change_message' },
    django_content_type: { keep: 'app_label model name' },
    django_migrations: { keep: 'app name' },
    django_site: { keep: 'domain name' },
    django_redirect: { keep: 'old_path new_path' },
    django_flatpage: { keep: 'url title content template_name' },
    authtoken_token: { token: 'key' },
    account_emailaddress: { email: 'email' },
    account_emailconfirmation: { token: 'key' },
    socialaccount_socialaccount: { token: 'uid', json: 'extra_data', keep: 'provider' },
    socialaccount_socialapp: {
      token: 'client_id secret key',
      json: 'settings',
      keep: 'provider provider_id name',
    },
    socialaccount_socialtoken: { token: 'token token_secret' },
  },
};
