/** `EGRESS_RULE`: a rule or binding that can't be read. */
export type EgressErrorCode = "EGRESS_RULE";
