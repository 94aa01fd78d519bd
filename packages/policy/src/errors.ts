/** `POLICY_INVALID`: a rule names a group or profile that does not exist. */
export type PolicyErrorCode = "POLICY_INVALID";
