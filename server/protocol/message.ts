import type * as z from 'zod';

/** One request: its method, and the shapes of both directions, validated where they arrive. */
export interface RequestMessage<P extends z.ZodType = z.ZodType, R extends z.ZodType = z.ZodType> {
  kind: 'request';
  method: string;
  params: P;
  result: R;
}

export interface NotificationMessage<P extends z.ZodType = z.ZodType> {
  kind: 'notification';
  method: string;
  params: P;
}

export function request<P extends z.ZodType, R extends z.ZodType>(
  method: string,
  params: P,
  result: R,
): RequestMessage<P, R> {
  return { kind: 'request', method, params, result };
}

export function notification<P extends z.ZodType>(method: string, params: P): NotificationMessage<P> {
  return { kind: 'notification', method, params };
}

export type ParamsOf<M extends { params: z.ZodType }> = z.infer<M['params']>;
export type ResultOf<M extends { result: z.ZodType }> = z.infer<M['result']>;
