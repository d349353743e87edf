import { access } from 'node:fs/promises';

/**
 * Ubuntu's server packages come with AppArmor profiles that keep the program to its system-wide data directory: started
 * over any other it says no more than "Permission denied". Empty where there is no such profile.
 */
export async function confinementAdvice(program: string): Promise<{ next?: string }> {
  const profile = `/etc/apparmor.d/${program.slice(1).replaceAll('/', '.')}`;
  try {
    await access(profile);
  } catch {
    // Also when it cannot be read: then there is nothing to say about it.
    return {};
  }
  return {
    next: `if the server was denied access, AppArmor confines it: allow the store in ${profile.replace('apparmor.d/', 'apparmor.d/local/')}, or name an unpacked server in production.database.binaries`,
  };
}
