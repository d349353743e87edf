import type { PromotionContext } from './context.ts';
import type { SchemaWork } from './ddl/schemaWork.ts';
import type { FileWork } from './files/fileWork.ts';
import type { PromotionRecord } from './record.ts';
import type { PromotionDirectory } from './stateDirectory.ts';

/** The two halves of a promotion. */
export function fileWorkOf(transaction: {
  context: PromotionContext;
  directory: PromotionDirectory;
  record: PromotionRecord;
}): FileWork {
  return { host: transaction.context.host, directory: transaction.directory, record: transaction.record };
}

export function schemaWorkOf(record: PromotionRecord): SchemaWork | undefined {
  return record.schema && { promotion: record.promotion, database: record.database, schema: record.schema };
}
