import type { Preset } from './preset.ts';

/**
 * MediaWiki 1.39: the tables of `maintenance/tables-generated.sql`, AbuseFilter and OATHAuth. Titles are kept, because a wiki is found by them: those
 * of user pages go on holding a user's name, and so do the links and log lines that point there.
 */
export const mediawiki: Preset = {
  name: 'mediawiki',
  anchors: ['actor', 'revision', 'user_properties'],
  tables: {
    site_identifiers: {
      keep: 'si_type si_key',
    },
    updatelog: {
      text: 'ul_value',
      keep: 'ul_key',
    },
    actor: {
      userName: 'actor_name',
    },
    user_former_groups: {
      keep: 'ufg_group',
    },
    bot_passwords: {
      passwordHash: 'bp_password',
      token: 'bp_token',
      keep: 'bp_app_id bp_restrictions bp_grants',
    },
    comment: {
      text: 'comment_text',
      json: 'comment_data',
    },
    user_properties: {
      text: 'up_value',
      keep: 'up_property',
    },
    log_search: {
      text: 'ls_value',
      keep: 'ls_field',
    },
    change_tag: {
      keep: 'ct_params',
    },
    content: {
      keep: 'content_sha1 content_address',
    },
    l10n_cache: {
      keep: 'lc_lang lc_key lc_value',
    },
    module_deps: {
      keep: 'md_module md_skin md_deps',
    },
    redirect: {
      keep: 'rd_title rd_interwiki rd_fragment',
    },
    pagelinks: {
      keep: 'pl_title',
    },
    imagelinks: {
      keep: 'il_to',
    },
    langlinks: {
      keep: 'll_lang ll_title',
    },
    iwlinks: {
      keep: 'iwl_prefix iwl_title',
    },
    category: {
      keep: 'cat_title',
    },
    watchlist_expiry: {
      keep: 'we_expiry',
    },
    change_tag_def: {
      keep: 'ctd_name',
    },
    querycache: {
      keep: 'qc_type qc_title',
    },
    querycachetwo: {
      keep: 'qcc_type qcc_title qcc_titletwo',
    },
    page_restrictions: {
      keep: 'pr_type pr_level pr_expiry',
    },
    user_groups: {
      keep: 'ug_group ug_expiry',
    },
    querycache_info: {
      keep: 'qci_type qci_timestamp',
    },
    watchlist: {
      keep: 'wl_title wl_notificationtimestamp',
    },
    sites: {
      keep: 'site_global_key site_type site_group site_source site_language site_protocol site_domain site_data site_config',
    },
    user_newtalk: {
      ip: 'user_ip',
      keep: 'user_last_timestamp',
    },
    interwiki: {
      keep: 'iw_prefix iw_url iw_api iw_wikiid',
    },
    protected_titles: {
      keep: 'pt_title pt_timestamp pt_expiry pt_create_perm',
    },
    externallinks: {
      keep: 'el_to el_index el_index_60',
    },
    ip_changes: {
      token: 'ipc_hex',
      keep: 'ipc_rev_timestamp',
    },
    page_props: {
      keep: 'pp_propname pp_value',
    },
    job: {
      phpSerialized: 'job_params',
      token: 'job_token',
      keep: 'job_cmd job_title job_timestamp job_token_timestamp job_sha1',
    },
    slot_roles: {
      keep: 'role_name',
    },
    content_models: {
      keep: 'model_name',
    },
    categorylinks: {
      keep: 'cl_to cl_sortkey cl_sortkey_prefix cl_collation',
    },
    logging: {
      phpSerialized: 'log_params',
      keep: 'log_type log_action log_timestamp log_title',
    },
    uploadstash: {
      text: 'us_orig_path',
      phpSerialized: 'us_props',
      keep: 'us_key us_path us_source_type us_timestamp us_status us_sha1 us_mime',
    },
    filearchive: {
      keep: 'fa_name fa_archive_name fa_storage_group fa_storage_key fa_deleted_timestamp fa_metadata fa_minor_mime fa_timestamp fa_sha1',
    },
    text: {
      text: 'old_text',
      keep: 'old_flags',
    },
    oldimage: {
      keep: 'oi_name oi_archive_name oi_timestamp oi_metadata oi_minor_mime oi_sha1',
    },
    objectcache: {
      blob: 'value',
      keep: 'keyname exptime modtoken',
    },
    ipblocks: {
      userName: 'ipb_address',
      constant: 'ipb_range_start ipb_range_end',
      keep: 'ipb_timestamp ipb_expiry',
    },
    image: {
      keep: 'img_name img_metadata img_minor_mime img_timestamp img_sha1',
    },
    recentchanges: {
      ip: 'rc_ip',
      phpSerialized: 'rc_params',
      keep: 'rc_timestamp rc_title rc_source rc_log_type rc_log_action',
    },
    archive: {
      keep: 'ar_title ar_timestamp ar_sha1',
    },
    page: {
      keep: 'page_title page_touched page_links_updated page_content_model page_lang',
    },
    user: {
      userName: 'user_name',
      fullName: 'user_real_name',
      passwordHash: 'user_password user_newpassword',
      email: 'user_email',
      token: 'user_token user_email_token',
      keep: 'user_newpass_time user_touched user_email_authenticated user_email_token_expires user_registration user_password_expires',
    },
    revision: {
      keep: 'rev_timestamp rev_sha1',
    },
    searchindex: {
      text: 'si_text',
      keep: 'si_title',
    },
    linktarget: {
      keep: 'lt_title',
    },
    oathauth_users: {
      json: 'data',
      keep: 'module',
    },
    abuse_filter: {
      userName: 'af_user_text',
      text: 'af_comments af_public_comments',
      keep: 'af_pattern af_timestamp af_actions af_group',
    },
    abuse_filter_action: {
      keep: 'afa_consequence afa_parameters',
    },
    abuse_filter_log: {
      userName: 'afl_user_text',
      ip: 'afl_ip',
      phpSerialized: 'afl_var_dump',
      keep: 'afl_action afl_actions afl_timestamp afl_title afl_wiki',
    },
    abuse_filter_history: {
      userName: 'afh_user_text',
      text: 'afh_comments afh_public_comments',
      keep: 'afh_timestamp afh_pattern afh_flags afh_actions afh_changed_fields afh_group',
    },
  },
};
