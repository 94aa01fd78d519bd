export interface CallOptions {
  readonly signal?: AbortSignal;
}

export type Awaitable<T> = T | PromiseLike<T>;
