import { type OutOfBand, type Row, ocean, textOf } from "./out-of-band.ts";

/** What an app's stack has beside a droplet's. */
export const appChanges: OutOfBand[] = [
  {
    type: "App",
    what: "has a variable more",
    seenAs: "variable BY_HAND",
    async change(world, { id = "" }) {
      const { app } = (await ocean(world, "GET", `/apps/${id}`)) as { app: { spec: Row } };
      const envs = [...(app.spec["envs"] as Row[]), { key: "BY_HAND", value: "base,sale" }];
      await ocean(world, "PUT", `/apps/${id}`, { spec: { ...app.spec, envs } });
    },
  },
  {
    type: "DatabaseCluster",
    what: "is maintained at another time",
    seenAs: "maintenanceWindows",
    async change(world, { id = "" }) {
      await ocean(world, "PUT", `/databases/${id}/maintenance`, { day: "monday", hour: "13:00" });
    },
  },
  {
    type: "DatabaseFirewall",
    what: "lets an address in",
    seenAs: "rules",
    async change(world, resource) {
      const path = `/databases/${textOf(resource, "clusterId")}/firewall`;
      const { rules } = (await ocean(world, "GET", path)) as { rules: Row[] };
      const kept = rules.map(({ type, value }) => ({ type, value }));
      await ocean(world, "PUT", path, { rules: [...kept, { type: "ip_addr", value: "192.0.2.66" }] });
    },
  },
  deletedPart("DatabaseConnectionPool", "pools"),
  deletedPart("DatabaseUser", "users"),
  deletedPart("DatabaseDb", "dbs"),
];

/** A part of a database cluster that somebody takes away. */
function deletedPart(type: string, parts: string): OutOfBand {
  return {
    type,
    what: "is deleted",
    seenAs: "gone",
    async change(world, resource) {
      const cluster = `/databases/${textOf(resource, "clusterId")}`;
      await ocean(world, "DELETE", `${cluster}/${parts}/${textOf(resource, "name")}`);
    },
  };
}
