import type { ForkedFile } from './rule.ts';

const services =
  /(^|_)(REDIS|MEMCACHED?|ELASTICSEARCH|OPENSEARCH|SOLR|RABBITMQ|AMQP|KAFKA|BEANSTALKD?|MONGO(DB)?|ALGOLIA|MEILISEARCH|TYPESENSE|FTP|SFTP|LDAP)_(HOSTS?|SERVERS?|URL|URI|DSN|ENDPOINT|CLUSTER)$/;

/** Services of production's that no clone exists of: named, because what the environment writes there is shared. */
export function sharedServices(file: ForkedFile): string[] {
  return file.named
    .filter(setting => services.test(setting.full) && setting.value !== '' && setting.value !== undefined)
    .map(
      setting =>
        `${setting.key} (${setting.file}): the environment shares this service with production; give it one of its own in reroute.sandbox`,
    );
}
