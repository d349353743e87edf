/**
 * How the schemas of three well-known applications came about: their tables at a start, and what each upgrade does, in the
 * statements that their own upgrades run (facts, written down briefly; tables that repeat a pattern are left out).
 * `loses`: the steps that drop or narrow something; all others are the ordinary changes that no guard may stop.
 */
export interface History {
  name: string;
  start: string[];
  steps: { what: string; loses?: true; sql: string[] }[];
}

const mediawiki: History = {
  name: 'MediaWiki 1.30 to 1.39',
  start: [
    "CREATE TABLE archive (ar_id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, ar_namespace int NOT NULL DEFAULT 0, ar_title varbinary(255) NOT NULL DEFAULT '', ar_comment varbinary(767) NOT NULL DEFAULT '', ar_comment_id bigint unsigned NOT NULL DEFAULT 0, ar_user int unsigned NOT NULL DEFAULT 0, ar_user_text varbinary(255) NOT NULL, ar_timestamp binary(14) NOT NULL DEFAULT '', ar_rev_id int unsigned NOT NULL, ar_text_id int unsigned NOT NULL DEFAULT 0, ar_content_model varbinary(32) DEFAULT NULL, ar_content_format varbinary(64) DEFAULT NULL, KEY name_title_timestamp (ar_namespace, ar_title, ar_timestamp), KEY ar_revid (ar_rev_id))",
    'CREATE TABLE change_tag (ct_id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, ct_rc_id int DEFAULT NULL, ct_log_id int unsigned DEFAULT NULL, ct_rev_id int unsigned DEFAULT NULL, ct_tag varbinary(255) NOT NULL, ct_params blob, UNIQUE KEY change_tag_rc_tag (ct_rc_id, ct_tag), UNIQUE KEY change_tag_log_tag (ct_log_id, ct_tag), UNIQUE KEY change_tag_rev_tag (ct_rev_id, ct_tag), KEY change_tag_tag_id (ct_tag, ct_rc_id, ct_rev_id, ct_log_id))',
    'CREATE TABLE page (page_id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, page_namespace int NOT NULL, page_title varchar(255) CHARACTER SET utf8mb3 COLLATE utf8mb3_bin NOT NULL, page_restrictions tinyblob, page_random real unsigned NOT NULL, UNIQUE KEY name_title (page_namespace, page_title), KEY page_random (page_random))',
    "CREATE TABLE revision (rev_id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, rev_page int unsigned NOT NULL, rev_timestamp binary(14) NOT NULL DEFAULT '', UNIQUE KEY rev_page_id (rev_page, rev_id), KEY rev_timestamp (rev_timestamp)) MAX_ROWS=10000000 AVG_ROW_LENGTH=1024",
    "CREATE TABLE templatelinks (tl_from int unsigned NOT NULL DEFAULT 0, tl_from_namespace int NOT NULL DEFAULT 0, tl_namespace int NOT NULL DEFAULT 0, tl_title varbinary(255) NOT NULL DEFAULT '', PRIMARY KEY (tl_from, tl_namespace, tl_title), KEY tl_namespace (tl_namespace, tl_title, tl_from), KEY tl_backlinks_namespace (tl_from_namespace, tl_namespace, tl_title, tl_from))",
    'CREATE TABLE ipblocks (ipb_id int NOT NULL AUTO_INCREMENT PRIMARY KEY, ipb_address tinyblob NOT NULL, ipb_user int unsigned NOT NULL DEFAULT 0, ipb_auto bool NOT NULL DEFAULT 0, ipb_anon_only bool NOT NULL DEFAULT 0, UNIQUE KEY ipb_address (ipb_address(255), ipb_user, ipb_auto, ipb_anon_only))',
    'CREATE TABLE site_identifiers (si_site int unsigned NOT NULL, si_type varbinary(32) NOT NULL, si_key varbinary(32) NOT NULL, UNIQUE KEY site_ids_type (si_type, si_key), KEY site_ids_site (si_site))',
    "CREATE TABLE site_stats (ss_row_id int unsigned NOT NULL PRIMARY KEY, ss_total_edits bigint unsigned DEFAULT 0, ss_total_pages bigint DEFAULT '-1', ss_users bigint DEFAULT '-1')",
  ],
  steps: [
    {
      what: 'archive gets actors',
      sql: [
        "ALTER TABLE archive ALTER COLUMN ar_user_text SET DEFAULT '', ADD COLUMN ar_actor bigint unsigned NOT NULL DEFAULT 0 AFTER ar_user_text",
        'CREATE INDEX ar_actor_timestamp ON archive (ar_actor, ar_timestamp)',
      ],
    },
    {
      what: 'slots and content',
      sql: [
        'CREATE TABLE slot_roles (role_id smallint PRIMARY KEY AUTO_INCREMENT, role_name varbinary(64) NOT NULL)',
        'CREATE UNIQUE INDEX role_name ON slot_roles (role_name)',
        'CREATE TABLE content (content_id bigint unsigned PRIMARY KEY AUTO_INCREMENT, content_size int unsigned NOT NULL, content_sha1 varbinary(32) NOT NULL, content_model smallint unsigned NOT NULL, content_address varbinary(255) NOT NULL)',
      ],
    },
    {
      what: 'tags get numbers',
      sql: [
        'CREATE TABLE change_tag_def (ctd_id int unsigned NOT NULL PRIMARY KEY AUTO_INCREMENT, ctd_name varbinary(255) NOT NULL, ctd_user_defined tinyint(1) NOT NULL, ctd_count bigint unsigned NOT NULL DEFAULT 0)',
        'CREATE UNIQUE INDEX ctd_name ON change_tag_def (ctd_name)',
        'ALTER TABLE change_tag ADD COLUMN ct_tag_id int unsigned NULL',
        'CREATE INDEX change_tag_tag_id_id ON change_tag (ct_tag_id, ct_rc_id, ct_rev_id, ct_log_id)',
      ],
    },
    {
      what: 'tags are unique by number',
      sql: [
        'CREATE UNIQUE INDEX change_tag_rc_tag_id ON change_tag (ct_rc_id, ct_tag_id)',
        'CREATE UNIQUE INDEX change_tag_rev_tag_id ON change_tag (ct_rev_id, ct_tag_id)',
        'CREATE INDEX change_tag_rc_tag_nonuniq ON change_tag (ct_rc_id, ct_tag)',
        'DROP INDEX change_tag_rc_tag ON change_tag',
        'DROP INDEX change_tag_rev_tag ON change_tag',
        'DROP INDEX change_tag_log_tag ON change_tag',
        "ALTER TABLE change_tag ALTER COLUMN ct_tag SET DEFAULT ''",
      ],
    },
    {
      what: 'tags have no text any more',
      loses: true,
      sql: [
        'DROP INDEX change_tag_rc_tag_nonuniq ON change_tag',
        'DROP INDEX change_tag_tag_id ON change_tag',
        'ALTER TABLE change_tag DROP ct_tag, CHANGE ct_tag_id ct_tag_id INT UNSIGNED NOT NULL',
      ],
    },
    {
      what: 'archived revisions are unique, without their texts',
      loses: true,
      sql: [
        'CREATE UNIQUE INDEX ar_revid_uniq ON archive (ar_rev_id)',
        'DROP INDEX ar_revid ON archive',
        'ALTER TABLE archive DROP COLUMN ar_text_id, DROP COLUMN ar_content_model, DROP COLUMN ar_content_format',
        'ALTER TABLE archive DROP COLUMN ar_user, DROP COLUMN ar_user_text, ALTER COLUMN ar_actor DROP DEFAULT',
      ],
    },
    {
      what: 'names of indexes',
      sql: [
        'DROP INDEX change_tag_rc_tag_id ON change_tag',
        'CREATE UNIQUE INDEX ct_rc_tag_id ON change_tag (ct_rc_id, ct_tag_id)',
        'DROP INDEX change_tag_tag_id_id ON change_tag',
        'CREATE INDEX ct_tag_id_id ON change_tag (ct_tag_id, ct_rc_id, ct_rev_id, ct_log_id)',
        'DROP INDEX name_title ON page',
        'CREATE UNIQUE INDEX page_name_title ON page (page_namespace, page_title)',
        'ALTER TABLE ipblocks DROP INDEX ipb_address, ADD UNIQUE INDEX ipb_address_unique (ipb_address(255), ipb_user, ipb_auto)',
      ],
    },
    {
      what: 'actors and comments of revisions',
      sql: [
        'ALTER TABLE revision ADD COLUMN rev_comment_id bigint unsigned NOT NULL DEFAULT 0 AFTER rev_page, ADD COLUMN rev_actor bigint unsigned NOT NULL DEFAULT 0 AFTER rev_comment_id, ADD INDEX rev_actor_timestamp (rev_actor, rev_timestamp, rev_id), ADD INDEX rev_page_actor_timestamp (rev_page, rev_actor, rev_timestamp)',
        "CREATE TABLE revision_actor_temp (revactor_rev int unsigned NOT NULL, revactor_actor bigint unsigned NOT NULL, revactor_timestamp binary(14) NOT NULL DEFAULT '', PRIMARY KEY (revactor_rev, revactor_actor))",
      ],
    },
    {
      what: 'a key becomes the primary one',
      sql: ['ALTER TABLE site_identifiers DROP KEY site_ids_type, ADD PRIMARY KEY (si_type, si_key)'],
    },
    {
      what: 'statistics without a sign',
      loses: true,
      sql: [
        'ALTER TABLE site_stats ALTER ss_total_edits SET DEFAULT NULL, MODIFY COLUMN ss_total_pages bigint unsigned DEFAULT NULL, MODIFY COLUMN ss_users bigint unsigned DEFAULT NULL',
      ],
    },
    {
      what: 'link targets',
      sql: [
        'CREATE TABLE linktarget (lt_id BIGINT UNSIGNED AUTO_INCREMENT NOT NULL, lt_namespace INT NOT NULL, lt_title VARBINARY(255) NOT NULL, UNIQUE INDEX lt_namespace_title (lt_namespace, lt_title), PRIMARY KEY (lt_id))',
        'ALTER TABLE templatelinks ADD tl_target_id BIGINT UNSIGNED DEFAULT NULL',
        'CREATE INDEX tl_target_id ON templatelinks (tl_target_id, tl_from)',
      ],
    },
    {
      what: 'links without titles',
      loses: true,
      sql: [
        'DROP INDEX tl_namespace ON templatelinks',
        'DROP INDEX tl_backlinks_namespace ON templatelinks',
        'ALTER TABLE templatelinks DROP PRIMARY KEY, MODIFY tl_target_id BIGINT UNSIGNED NOT NULL, ADD PRIMARY KEY (tl_from, tl_target_id)',
        'ALTER TABLE templatelinks DROP tl_namespace, DROP tl_title',
      ],
    },
    {
      what: 'titles as bytes',
      sql: ['ALTER TABLE page MODIFY page_title VARBINARY(765) NOT NULL'],
      loses: true,
    },
    { what: 'restrictions go', loses: true, sql: ['ALTER TABLE page DROP page_restrictions'] },
  ],
};

const zero = "'0000-00-00 00:00:00'";
const wordpress: History = {
  name: 'WordPress 2.2 to 6.1',
  start: [
    "SET sql_mode = ''",
    `CREATE TABLE wp_posts (ID bigint(20) unsigned NOT NULL AUTO_INCREMENT, post_author bigint(20) NOT NULL DEFAULT 0, post_date datetime NOT NULL DEFAULT ${zero}, post_content longtext NOT NULL, post_title text NOT NULL, post_category int(4) NOT NULL DEFAULT 0, post_status enum('publish','draft','private','static','object','attachment','inherit','future') NOT NULL DEFAULT 'publish', comment_status enum('open','closed','registered_only') NOT NULL DEFAULT 'open', post_password varchar(20) NOT NULL DEFAULT '', post_name varchar(200) NOT NULL DEFAULT '', post_parent bigint(20) NOT NULL DEFAULT 0, guid varchar(255) NOT NULL DEFAULT '', post_type varchar(20) NOT NULL DEFAULT 'post', PRIMARY KEY (ID), KEY post_name (post_name)) CHARACTER SET utf8mb3`,
    `CREATE TABLE wp_comments (comment_ID bigint(20) unsigned NOT NULL AUTO_INCREMENT, comment_post_ID int(11) NOT NULL DEFAULT 0, comment_author tinytext NOT NULL, comment_date datetime NOT NULL DEFAULT ${zero}, comment_date_gmt datetime NOT NULL DEFAULT ${zero}, comment_content text NOT NULL, comment_approved enum('0','1','spam') NOT NULL DEFAULT '1', comment_type varchar(20) NOT NULL DEFAULT '', PRIMARY KEY (comment_ID), KEY comment_approved (comment_approved), KEY comment_post_ID (comment_post_ID)) CHARACTER SET utf8mb3`,
    "CREATE TABLE wp_options (option_id bigint(20) NOT NULL AUTO_INCREMENT, blog_id int(11) NOT NULL DEFAULT 0, option_name varchar(64) NOT NULL DEFAULT '', option_value longtext NOT NULL, autoload enum('yes','no') NOT NULL DEFAULT 'yes', PRIMARY KEY (option_id, blog_id, option_name), KEY option_name (option_name)) CHARACTER SET utf8mb3",
    `CREATE TABLE wp_users (ID bigint(20) unsigned NOT NULL AUTO_INCREMENT, user_login varchar(60) NOT NULL DEFAULT '', user_pass varchar(64) NOT NULL DEFAULT '', user_nicename varchar(50) NOT NULL DEFAULT '', user_registered datetime NOT NULL DEFAULT ${zero}, user_activation_key varchar(60) NOT NULL DEFAULT '', user_status int(11) NOT NULL DEFAULT 0, PRIMARY KEY (ID), KEY user_login_key (user_login)) CHARACTER SET utf8mb3`,
    "CREATE TABLE wp_categories (cat_ID bigint(20) NOT NULL AUTO_INCREMENT, cat_name varchar(55) NOT NULL DEFAULT '', PRIMARY KEY (cat_ID)) CHARACTER SET utf8mb3",
    'CREATE TABLE wp_postmeta (meta_id bigint(20) NOT NULL AUTO_INCREMENT, post_id bigint(20) NOT NULL DEFAULT 0, meta_key varchar(255) DEFAULT NULL, meta_value longtext, PRIMARY KEY (meta_id), KEY post_id (post_id), KEY meta_key (meta_key)) CHARACTER SET utf8mb3',
  ],
  steps: [
    {
      what: '2.3: terms',
      sql: [
        "CREATE TABLE wp_terms (term_id bigint(20) NOT NULL AUTO_INCREMENT, name varchar(55) NOT NULL DEFAULT '', slug varchar(200) NOT NULL DEFAULT '', term_group bigint(10) NOT NULL DEFAULT 0, PRIMARY KEY (term_id), UNIQUE KEY slug (slug)) CHARACTER SET utf8mb3",
        "CREATE TABLE wp_term_taxonomy (term_taxonomy_id bigint(20) NOT NULL AUTO_INCREMENT, term_id bigint(20) NOT NULL DEFAULT 0, taxonomy varchar(32) NOT NULL DEFAULT '', description longtext NOT NULL, parent bigint(20) NOT NULL DEFAULT 0, count bigint(20) NOT NULL DEFAULT 0, PRIMARY KEY (term_taxonomy_id), UNIQUE KEY term_id_taxonomy (term_id, taxonomy)) CHARACTER SET utf8mb3",
        'CREATE TABLE wp_term_relationships (object_id bigint(20) NOT NULL DEFAULT 0, term_taxonomy_id bigint(20) NOT NULL DEFAULT 0, PRIMARY KEY (object_id, term_taxonomy_id), KEY term_taxonomy_id (term_taxonomy_id)) CHARACTER SET utf8mb3',
        'ALTER TABLE wp_posts ADD KEY type_status_date (post_type, post_status, post_date, ID)',
      ],
    },
    { what: '2.3: categories go', loses: true, sql: ['DROP TABLE wp_categories'] },
    {
      what: '2.6: states are words',
      sql: [
        "ALTER TABLE wp_posts MODIFY post_status varchar(20) NOT NULL DEFAULT 'publish', MODIFY comment_status varchar(20) NOT NULL DEFAULT 'open', ADD KEY post_parent (post_parent)",
        "ALTER TABLE wp_comments MODIFY comment_approved varchar(20) NOT NULL DEFAULT '1', ADD KEY comment_approved_date_gmt (comment_approved, comment_date_gmt)",
        "ALTER TABLE wp_options MODIFY autoload varchar(20) NOT NULL DEFAULT 'yes'",
        "ALTER TABLE wp_terms MODIFY name varchar(200) NOT NULL DEFAULT ''",
      ],
    },
    {
      what: '2.8: numbers without a sign',
      loses: true,
      sql: [
        'ALTER TABLE wp_posts MODIFY post_author bigint(20) unsigned NOT NULL DEFAULT 0, MODIFY post_parent bigint(20) unsigned NOT NULL DEFAULT 0',
        'ALTER TABLE wp_comments MODIFY comment_post_ID bigint(20) unsigned NOT NULL DEFAULT 0',
        'ALTER TABLE wp_postmeta MODIFY meta_id bigint(20) unsigned NOT NULL AUTO_INCREMENT, MODIFY post_id bigint(20) unsigned NOT NULL DEFAULT 0',
        'ALTER TABLE wp_options MODIFY option_id bigint(20) unsigned NOT NULL AUTO_INCREMENT',
      ],
    },
    {
      what: '2.9: comments get meta data',
      sql: [
        'CREATE TABLE wp_commentmeta (meta_id bigint(20) unsigned NOT NULL AUTO_INCREMENT, comment_id bigint(20) unsigned NOT NULL DEFAULT 0, meta_key varchar(255) DEFAULT NULL, meta_value longtext, PRIMARY KEY (meta_id), KEY comment_id (comment_id), KEY meta_key (meta_key)) CHARACTER SET utf8mb3',
        'ALTER TABLE wp_term_relationships ADD COLUMN term_order int(11) NOT NULL DEFAULT 0',
        'ALTER TABLE wp_term_taxonomy ADD KEY taxonomy (taxonomy)',
      ],
    },
    {
      what: '3.4: one blog, one table of options',
      loses: true,
      sql: [
        'ALTER TABLE wp_options DROP PRIMARY KEY, DROP KEY option_name, DROP COLUMN blog_id, ADD PRIMARY KEY (option_id), ADD UNIQUE KEY option_name (option_name)',
        'ALTER TABLE wp_posts DROP COLUMN post_category, ADD KEY post_author (post_author)',
      ],
    },
    {
      what: '4.2: four bytes a character',
      sql: [
        'ALTER TABLE wp_postmeta DROP KEY meta_key, ADD KEY meta_key (meta_key(191))',
        'ALTER TABLE wp_posts DROP KEY post_name, ADD KEY post_name (post_name(191))',
        'ALTER TABLE wp_terms DROP KEY slug, ADD KEY slug (slug(191)), ADD KEY name (name(191))',
        ...['posts', 'comments', 'options', 'users', 'postmeta', 'terms', 'term_taxonomy'].map(
          name => `ALTER TABLE wp_${name} CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
        ),
      ],
    },
    {
      what: '4.4: terms get meta data, names of options are longer',
      sql: [
        'CREATE TABLE wp_termmeta (meta_id bigint(20) unsigned NOT NULL AUTO_INCREMENT, term_id bigint(20) unsigned NOT NULL DEFAULT 0, meta_key varchar(255) DEFAULT NULL, meta_value longtext, PRIMARY KEY (meta_id), KEY term_id (term_id), KEY meta_key (meta_key(191))) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci',
        "ALTER TABLE wp_options MODIFY option_name varchar(191) NOT NULL DEFAULT ''",
        "ALTER TABLE wp_users MODIFY user_pass varchar(255) NOT NULL DEFAULT '', MODIFY user_activation_key varchar(255) NOT NULL DEFAULT ''",
        'ALTER TABLE wp_comments ADD KEY comment_author_email (comment_author(10))',
      ],
    },
    {
      what: '4.7: long passwords',
      sql: ["ALTER TABLE wp_posts MODIFY post_password varchar(255) NOT NULL DEFAULT ''"],
    },
    {
      what: '5.3, 5.5: an index and a default',
      sql: [
        'ALTER TABLE wp_options ADD KEY autoload (autoload)',
        "ALTER TABLE wp_comments MODIFY comment_type varchar(20) NOT NULL DEFAULT 'comment'",
      ],
    },
  ],
};

const key = (name: string, column: string, to: string) =>
  `CONSTRAINT ${name} FOREIGN KEY (${column}) REFERENCES ${to} (id)`;
const django: History = {
  name: 'Django’s auth, admin, sites and content types, 1.7 to 4.2',
  start: [
    'CREATE TABLE django_content_type (id integer AUTO_INCREMENT NOT NULL PRIMARY KEY, name varchar(100) NOT NULL, app_label varchar(100) NOT NULL, model varchar(100) NOT NULL, CONSTRAINT ct_uniq UNIQUE (app_label, model))',
    `CREATE TABLE auth_permission (id integer AUTO_INCREMENT NOT NULL PRIMARY KEY, name varchar(50) NOT NULL, content_type_id integer NOT NULL, codename varchar(100) NOT NULL, CONSTRAINT perm_uniq UNIQUE (content_type_id, codename), ${key('perm_ct', 'content_type_id', 'django_content_type')})`,
    'CREATE TABLE auth_group (id integer AUTO_INCREMENT NOT NULL PRIMARY KEY, name varchar(80) NOT NULL UNIQUE)',
    `CREATE TABLE auth_group_permissions (id integer AUTO_INCREMENT NOT NULL PRIMARY KEY, group_id integer NOT NULL, permission_id integer NOT NULL, UNIQUE (group_id, permission_id), ${key('gp_group', 'group_id', 'auth_group')}, ${key('gp_perm', 'permission_id', 'auth_permission')})`,
    'CREATE TABLE auth_user (id integer AUTO_INCREMENT NOT NULL PRIMARY KEY, password varchar(128) NOT NULL, last_login datetime(6) NOT NULL, is_superuser bool NOT NULL, username varchar(30) NOT NULL UNIQUE, first_name varchar(30) NOT NULL, last_name varchar(30) NOT NULL, email varchar(75) NOT NULL, date_joined datetime(6) NOT NULL)',
    `CREATE TABLE auth_user_groups (id integer AUTO_INCREMENT NOT NULL PRIMARY KEY, user_id integer NOT NULL, group_id integer NOT NULL, UNIQUE (user_id, group_id), ${key('ug_user', 'user_id', 'auth_user')}, ${key('ug_group', 'group_id', 'auth_group')})`,
    `CREATE TABLE django_admin_log (id integer AUTO_INCREMENT NOT NULL PRIMARY KEY, action_time datetime(6) NOT NULL, object_id longtext NULL, object_repr varchar(200) NOT NULL, action_flag smallint UNSIGNED NOT NULL, change_message longtext NOT NULL, content_type_id integer NULL, user_id integer NOT NULL, ${key('log_ct', 'content_type_id', 'django_content_type')}, ${key('log_user', 'user_id', 'auth_user')})`,
    'CREATE TABLE django_site (id integer AUTO_INCREMENT NOT NULL PRIMARY KEY, domain varchar(100) NOT NULL, name varchar(50) NOT NULL)',
  ],
  steps: [
    {
      what: 'content types lose their names',
      loses: true,
      sql: ['ALTER TABLE django_content_type DROP COLUMN name'],
    },
    {
      what: 'longer names of permissions and addresses',
      sql: [
        'ALTER TABLE auth_permission MODIFY name varchar(255) NOT NULL',
        'ALTER TABLE auth_user MODIFY email varchar(254) NOT NULL',
      ],
    },
    { what: 'who never logged in', sql: ['ALTER TABLE auth_user MODIFY last_login datetime(6) NULL'] },
    {
      what: 'longer names of users and groups',
      sql: [
        'ALTER TABLE auth_user MODIFY username varchar(150) NOT NULL, MODIFY last_name varchar(150) NOT NULL',
        'ALTER TABLE auth_group MODIFY name varchar(150) NOT NULL',
      ],
    },
    {
      what: 'a site’s domain is unique',
      sql: ['ALTER TABLE django_site ADD CONSTRAINT site_domain_uniq UNIQUE (domain)'],
    },
    { what: 'longer first names', sql: ['ALTER TABLE auth_user MODIFY first_name varchar(150) NOT NULL'] },
    {
      what: 'an application’s own tables, with keys into these',
      sql: [
        `CREATE TABLE shop_order (id bigint AUTO_INCREMENT NOT NULL PRIMARY KEY, number char(32) NOT NULL UNIQUE, created datetime(6) NOT NULL, buyer_id integer NULL, ${key('order_buyer', 'buyer_id', 'auth_user')})`,
        "ALTER TABLE auth_user ADD COLUMN locale varchar(10) DEFAULT 'en' NOT NULL",
        'CREATE INDEX order_created ON shop_order (created)',
      ],
    },
    {
      what: 'numbers grow, and the keys to them',
      sql: [
        'ALTER TABLE django_admin_log DROP FOREIGN KEY log_user',
        'ALTER TABLE auth_user_groups DROP FOREIGN KEY ug_user',
        'ALTER TABLE shop_order DROP FOREIGN KEY order_buyer',
        'ALTER TABLE auth_user MODIFY id bigint AUTO_INCREMENT NOT NULL',
        'ALTER TABLE django_admin_log MODIFY user_id bigint NOT NULL',
        'ALTER TABLE auth_user_groups MODIFY user_id bigint NOT NULL',
        'ALTER TABLE shop_order MODIFY buyer_id bigint NULL',
        `ALTER TABLE django_admin_log ADD ${key('log_user', 'user_id', 'auth_user')}`,
        `ALTER TABLE auth_user_groups ADD ${key('ug_user', 'user_id', 'auth_user')}`,
        `ALTER TABLE shop_order ADD ${key('order_buyer', 'buyer_id', 'auth_user')}`,
      ],
    },
  ],
};

export const histories: readonly History[] = [mediawiki, wordpress, django];
