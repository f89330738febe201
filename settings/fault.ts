/** One thing that is wrong: where, and what to do about it. Never a secret's value. */
export interface Fault {
  /** `odoo.series`, `repositories[1].name`, `databasePassword`. */
  path: string;
  /** The fault and the way out, in one line. */
  message: string;
}
