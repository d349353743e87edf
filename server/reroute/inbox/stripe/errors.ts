/** An answer that is no success, in the form of Stripe's API. */
export class StripeError extends Error {
  readonly status: number;
  readonly body: Record<string, unknown>;

  constructor(
    status: number,
    fields: { type: string; message: string; code?: string } & Record<string, unknown>,
  ) {
    super(fields.message);
    this.name = 'StripeError';
    this.status = status;
    this.body = { error: fields };
  }
}

export function missing(kind: string, id: string): StripeError {
  return new StripeError(404, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${kind}: '${id}'`,
  });
}

export function invalid(message: string, param?: string): StripeError {
  return new StripeError(400, {
    type: 'invalid_request_error',
    message,
    ...(param !== undefined && { param, code: 'parameter_invalid_empty' }),
  });
}
