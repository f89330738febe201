/** ISO 8601 in whole seconds, as GitHub writes dates. */
export type Time = string;
