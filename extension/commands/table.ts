import { restartBackendCommand } from './backend/restart.ts';
import { showLogCommand } from './backend/showLog.ts';
import { buildBaseCommand } from './base/build.ts';
import { refreshBaseCommand } from './base/refresh.ts';
import { openConfigurationCommand } from './configuration/open.ts';
import type { AnyCommand } from './define.ts';
import { doctorCommand } from './doctor/run.ts';
import { copyConnectionCommand } from './environment/copyConnection.ts';
import { createEnvironmentCommand } from './environment/create.ts';
import { destroyCommand } from './environment/destroy.ts';
import { gcCommand } from './environment/gc.ts';
import { openSiteCommand } from './environment/openSite.ts';
import { postponeCommand } from './environment/postpone.ts';
import { queryCommand } from './environment/query.ts';
import { restoreCommand } from './environment/restore.ts';
import { revealSiteCommand } from './environment/revealSite.ts';
import { sleepCommand } from './environment/sleep.ts';
import { syncCommand } from './environment/sync.ts';
import { terminalCommand } from './environment/terminal.ts';
import { wakeCommand } from './environment/wake.ts';
import { adoptionCommand } from './evidence/adoption.ts';
import { exportEvidenceCommand } from './evidence/export.ts';
import { verifyCommand } from './evidence/verify.ts';
import { openMessageCommand } from './inbox/open.ts';
import { releaseCommand } from './inbox/release.ts';
import { replayCommand } from './inbox/replay.ts';
import { cancelJobCommand } from './job/cancel.ts';
import { excludeCommand } from './plan/exclude.ts';
import { includeCommand } from './plan/include.ts';
import { openDdlCommand } from './plan/openDdl.ts';
import { openDiffCommand } from './plan/openDiff.ts';
import { openFileCommand } from './plan/openFile.ts';
import { previewCommand } from './plan/preview.ts';
import { refreshPlanCommand } from './plan/refresh.ts';
import { resolveMineCommand } from './plan/resolveMine.ts';
import { resolveTheirsCommand } from './plan/resolveTheirs.ts';
import { reviewCommand } from './plan/review.ts';
import { takeProductionCommand } from './plan/takeProduction.ts';
import { approveCommand } from './promotion/approve.ts';
import { promoteCommand } from './promotion/promote.ts';
import { showPromotionCommand } from './promotion/show.ts';
import { undoCommand } from './promotion/undo.ts';
import { detectCommand } from './scrub/detect.ts';
import { previewScrubCommand } from './scrub/preview.ts';
import { clearSecretCommand } from './secret/clear.ts';
import { setSecretCommand } from './secret/set.ts';
import { initializeCommand } from './setup/initialize.ts';
import { walkthroughCommand } from './setup/walkthrough.ts';
import { initializeStoreCommand } from './store/initialize.ts';
import { refreshTreeCommand } from './tree/refresh.ts';

/** Every command of the extension. package.json declares the same list; a test compares them. */
export const commands: readonly AnyCommand[] = [
  restartBackendCommand,
  showLogCommand,
  buildBaseCommand,
  refreshBaseCommand,
  openConfigurationCommand,
  doctorCommand,
  copyConnectionCommand,
  createEnvironmentCommand,
  destroyCommand,
  gcCommand,
  openSiteCommand,
  postponeCommand,
  queryCommand,
  restoreCommand,
  revealSiteCommand,
  sleepCommand,
  syncCommand,
  terminalCommand,
  wakeCommand,
  adoptionCommand,
  exportEvidenceCommand,
  verifyCommand,
  openMessageCommand,
  releaseCommand,
  replayCommand,
  cancelJobCommand,
  excludeCommand,
  includeCommand,
  openDdlCommand,
  openDiffCommand,
  openFileCommand,
  previewCommand,
  refreshPlanCommand,
  resolveMineCommand,
  resolveTheirsCommand,
  reviewCommand,
  takeProductionCommand,
  approveCommand,
  promoteCommand,
  showPromotionCommand,
  undoCommand,
  detectCommand,
  previewScrubCommand,
  clearSecretCommand,
  setSecretCommand,
  initializeCommand,
  walkthroughCommand,
  initializeStoreCommand,
  refreshTreeCommand,
];
