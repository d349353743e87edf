import { cloneModes, copiedOverlay } from '../copied.ts';

/** A plain copy: works everywhere, takes time and space as large as the site. The last resort. */
export const copy = copiedOverlay('copy', cloneModes.copy, async () => ({ ok: true }));
