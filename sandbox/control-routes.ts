import { Hono } from "hono";
import type { Runner } from "./github/actions/runner.ts";
import { type Fault, type Faults, faults as known } from "./faults.ts";

/** How another process of this machine breaks and mends the sandbox. Loopback only, nothing secret in it. */
export function controlRoutes(faults: Faults, runner?: Runner): Hono {
  const app = new Hono();
  // A page in a browser can send requests here, but not under this name and with JSON.
  app.use(async (c, next) => {
    const foreign = !/^127\.0\.0\.1(:\d+)?$/.test(c.req.header("host") ?? "");
    const form = c.req.method === "POST" && c.req.header("content-type") !== "application/json";
    return foreign || form ? c.json({ message: "only from this machine, as JSON" }, 403) : await next();
  });
  app.get("/", (c) => c.json({ pid: process.pid, faults: faults.active, known }));
  app.post("/faults", async (c) => {
    const fault = await c.req.json<Fault>();
    if (!Object.hasOwn(known, fault.name)) return c.json({ message: `no such fault: ${fault.name}` }, 422);
    faults.add(fault);
    return c.json({ faults: faults.active });
  });
  app.delete("/faults", (c) => {
    faults.clear();
    return c.json({ faults: faults.active });
  });
  const schedules = () => ({
    on: runner?.schedules.on ?? false,
    schedules: runner?.schedules.next(runner.schedulesNow()) ?? [],
  });
  app.get("/schedules", (c) => c.json(schedules()));
  app.post("/schedules", async (c) => {
    const { on, fire } = await c.req.json<{ on?: boolean; fire?: string }>();
    if (on === true) runner?.schedules.start(runner.schedulesNow());
    if (on === false) runner?.schedules.stop();
    return c.json({ ...schedules(), runs: fire === undefined ? [] : (runner?.fireByName(fire) ?? []) });
  });
  return app;
}
