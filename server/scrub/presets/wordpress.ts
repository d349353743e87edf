import type { Preset } from './preset.ts';

/** WordPress 6, single site and multisite: the tables of `wp-admin/includes/schema.php`. */
export const wordpress: Preset = {
  name: 'wordpress',
  anchors: ['users', 'usermeta', 'options', 'posts'],
  tables: {
    blogmeta: {
      meta: 'meta_value',
      keep: 'meta_key',
    },
    blogs: {
      keep: 'domain path',
    },
    commentmeta: {
      meta: 'meta_value',
      keep: 'meta_key',
    },
    comments: {
      fullName: 'comment_author',
      email: 'comment_author_email',
      url: 'comment_author_url',
      ip: 'comment_author_IP',
      text: 'comment_content comment_agent',
      keep: 'comment_approved comment_type',
    },
    links: {
      text: 'link_description link_notes',
      keep: 'link_url link_name link_image link_target link_visible link_rel link_rss',
    },
    options: {
      option: 'option_value',
      keep: 'option_name autoload',
    },
    postmeta: {
      meta: 'meta_value',
      keep: 'meta_key',
    },
    posts: {
      text: 'post_content post_excerpt to_ping pinged post_content_filtered',
      token: 'post_password',
      keep: 'post_title post_status comment_status ping_status post_name guid post_type post_mime_type',
    },
    registration_log: {
      email: 'email',
      ip: 'IP',
    },
    signups: {
      text: 'title',
      userName: 'user_login',
      email: 'user_email',
      token: 'activation_key',
      phpSerialized: 'meta',
      keep: 'domain path',
    },
    site: {
      keep: 'domain path',
    },
    sitemeta: {
      meta: 'meta_value',
      keep: 'meta_key',
    },
    term_taxonomy: {
      keep: 'taxonomy description',
    },
    termmeta: {
      meta: 'meta_value',
      keep: 'meta_key',
    },
    terms: {
      keep: 'name slug',
    },
    usermeta: {
      meta: 'meta_value',
      keep: 'meta_key',
    },
    users: {
      userName: 'user_login user_nicename',
      passwordHash: 'user_pass',
      email: 'user_email',
      url: 'user_url',
      token: 'user_activation_key',
      fullName: 'display_name',
    },
  },
};
