/** Every code this package ends a stream or rejects with. */
export type ModelErrorCode =
  /** The credential is missing, refused, or its account has no credit. */
  | "MODEL_AUTH"
  /** What came back is not an answer: a web page, broken JSON, a stream that stops half way. */
  | "MODEL_BAD_RESPONSE"
  /** The options can't be used as they are. */
  | "MODEL_CONFIG"
  | "MODEL_CONTEXT_OVERFLOW"
  /** The provider refuses the request as malformed. */
  | "MODEL_INVALID_REQUEST"
  /** Always a `RateLimitedError`. */
  | "MODEL_RATE_LIMITED"
  /** The provider's content filter stopped the answer. */
  | "MODEL_REFUSED"
  | "MODEL_TIMEOUT"
  | "MODEL_UNAVAILABLE"
  | "MODEL_UNKNOWN";
