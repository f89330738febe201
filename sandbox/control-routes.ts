import { Hono } from "hono";
import { type Fault, type Faults, faults as known } from "./faults.ts";

/** How another process of this machine breaks and mends the sandbox. Loopback only, nothing secret in it. */
export function controlRoutes(faults: Faults): Hono {
  const app = new Hono();
  app.get("/", (c) => c.json({ pid: process.pid, faults: faults.active, known }));
  app.post("/faults", async (c) => {
    const fault = await c.req.json<Fault>();
    if (!(fault.name in known)) return c.json({ message: `no such fault: ${fault.name}` }, 422);
    faults.add(fault);
    return c.json({ faults: faults.active });
  });
  app.delete("/faults", (c) => {
    faults.clear();
    return c.json({ faults: faults.active });
  });
  return app;
}
