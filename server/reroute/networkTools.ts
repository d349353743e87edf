/** Programs that make a network namespace, best first. */
export type Tool = 'bwrap' | 'unshare';

/** What `networkBridge.ts` is told. */
export interface BridgePlan {
  tool: Tool;
  /** Ports outside that are reachable inside at the same address. */
  ports: number[];
  /** Ports inside that are reachable outside at the same address. */
  expose: number[];
  sendmail?: string;
}

/** A command line that runs `command` as the same user, with the same files, and with loopback alone. */
export function wrapperOf(
  tool: Tool,
  command: readonly string[],
  binds: readonly [string, string][] = [],
): string[] {
  if (tool === 'bwrap')
    return [
      'bwrap',
      '--dev-bind',
      '/',
      '/',
      ...binds.flatMap(([from, to]) => ['--ro-bind', from, to]),
      '--unshare-net',
      '--',
      ...command,
    ];
  // Root inside to bring loopback up and lay files over files, then the same user again.
  const user = process.getuid?.() ?? 0;
  const group = process.getgid?.() ?? 0;
  const steps = [
    'ip link set lo up',
    ...binds.map(([from, to]) => `mount --bind ${quoted(from)} ${quoted(to)}`),
    `exec unshare --user --map-user=${user} --map-group=${group} -- "$@"`,
  ];
  return [
    'unshare',
    '--user',
    '--map-root-user',
    '--net',
    ...(binds.length > 0 ? ['--mount'] : []),
    '--',
    'sh',
    '-c',
    steps.join(' && '),
    'greenroom',
    ...command,
  ];
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
