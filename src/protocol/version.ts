// Versions exchanged by the three processes before anything else.

/** Client <-> server. Raised by any change an older peer would misread. */
export const ApiVersion = 2;

/** Server <-> holder. Frozen: a holder that has PTYs is never upgraded, so every later server must still speak it. */
export const HolderVersion = 1;
