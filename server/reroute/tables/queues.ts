/** Work that production's own workers wait to do: in an environment it would be done a second time, with its data. */
export interface QueueTable {
  application: string;
  table: RegExp;
  /** Columns that all have to be there: names like `jobs` alone say too little. */
  columns: readonly string[];
  /** Rows that are done stay; without it every row goes. */
  waiting?: string;
}

/** From each application's own migrations. */
export const queueTables: readonly QueueTable[] = [
  {
    application: 'Laravel',
    table: /(^|_)jobs$/,
    columns: ['queue', 'payload', 'attempts', 'reserved_at', 'available_at'],
  },
  {
    application: 'Symfony Messenger',
    table: /(^|_)messenger_messages$/,
    columns: ['body', 'headers', 'queue_name', 'available_at', 'delivered_at'],
  },
  { application: 'Drupal', table: /(^|_)queue$/, columns: ['item_id', 'name', 'data', 'expire', 'created'] },
  {
    application: 'Craft',
    table: /(^|_)queue$/,
    columns: ['channel', 'job', 'timePushed', 'ttr', 'dateReserved'],
  },
  { application: 'Magento', table: /(^|_)queue_message$/, columns: ['id', 'topic_name', 'body'] },
  {
    application: 'Magento',
    table: /(^|_)cron_schedule$/,
    columns: ['schedule_id', 'job_code', 'status', 'scheduled_at'],
    waiting: "`status` IN ('pending', 'running')",
  },
  {
    application: 'Action Scheduler',
    table: /_actionscheduler_actions$/,
    columns: ['action_id', 'hook', 'status', 'args'],
    waiting: "`status` IN ('pending', 'in-progress')",
  },
  {
    application: 'Delayed Job',
    table: /(^|_)delayed_jobs$/,
    columns: ['handler', 'run_at', 'locked_at', 'attempts'],
  },
  {
    application: 'CakePHP Queue',
    table: /(^|_)queued_jobs$/,
    columns: ['job_task', 'data', 'fetched', 'completed'],
    waiting: '`completed` IS NULL',
  },
  { application: 'Django Q', table: /^django_q_ormq$/, columns: ['key', 'payload', 'lock'] },
  {
    application: 'django-mailer',
    table: /^mailer_message$/,
    columns: ['message_data', 'when_added', 'priority'],
  },
  {
    application: 'Moodle',
    table: /_task_adhoc$/,
    columns: ['component', 'classname', 'nextruntime', 'customdata'],
  },
];
