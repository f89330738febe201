/** A mail that Odoo has sent, or tried to. */
export interface Mail {
  /** ISO 8601. */
  time: string;
  from: string;
  to: string[];
  subject: string;
  /** "caught", or what Mailgun says became of it: "delivered", "failed", "accepted". */
  state: string;
}
