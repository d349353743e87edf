export function codeServer(report?: (step: string) => void): Promise<{ node: string; serverMain: string }>;
