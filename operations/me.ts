import { hostname, userInfo } from "node:os";

/** Who runs this process, as locks and a stack's history name them: "ada@laptop". */
export const me = (): string => `${userInfo().username}@${hostname()}`;
