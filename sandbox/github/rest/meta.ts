import { ok, type Operations } from "../operation.ts";

/** What every client may ask without being anybody. */
export const meta: Operations = {
  "rate-limit/get": {
    route: "GET /rate_limit",
    answer({ quota }) {
      const unused = { ...quota, used: 0, remaining: quota.limit };
      return ok({ resources: { core: quota, graphql: quota, search: unused }, rate: quota });
    },
  },
};
