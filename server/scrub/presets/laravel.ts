import type { Preset } from './preset.ts';

/** Laravel 8 to 12: the tables of its own migrations, Sanctum, Passport, Breeze and Jetstream. */
export const laravel: Preset = {
  name: 'laravel',
  anchors: ['users', 'migrations'],
  tables: {
    users: {
      fullName: 'name',
      email: 'email',
      passwordHash: 'password',
      token: 'remember_token two_factor_secret two_factor_recovery_codes',
      url: 'profile_photo_path',
    },
    password_resets: { email: 'email', token: 'token' },
    password_reset_tokens: { email: 'email', token: 'token' },
    sessions: { token: 'id', ip: 'ip_address', text: 'user_agent', blob: 'payload' },
    personal_access_tokens: { text: 'name', token: 'token', keep: 'tokenable_type abilities' },
    notifications: { json: 'data', keep: 'id type notifiable_type' },
    failed_jobs: { json: 'payload', text: 'exception', keep: 'uuid connection queue' },
    jobs: { json: 'payload', keep: 'queue' },
    job_batches: { text: 'name', phpSerialized: 'options', keep: 'id failed_job_ids' },
    cache: { phpSerialized: 'value', keep: 'key' },
    cache_locks: { token: 'owner', keep: 'key' },
    migrations: { keep: 'migration' },
    teams: { company: 'name' },
    team_invitations: { email: 'email', keep: 'role' },
    team_user: { keep: 'role' },
    oauth_access_tokens: { token: 'id', text: 'name', keep: 'client_id scopes' },
    oauth_auth_codes: { token: 'id', keep: 'client_id scopes' },
    oauth_refresh_tokens: { token: 'id access_token_id' },
    oauth_clients: {
      token: 'secret',
      keep: 'id name provider redirect redirect_uris grant_types owner_type',
    },
    oauth_device_codes: { token: 'id user_code', keep: 'client_id scopes' },
    oauth_personal_access_clients: { keep: 'client_id' },
  },
};
