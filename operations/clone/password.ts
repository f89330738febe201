import { pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";

// As many as Odoo itself takes (odoo/addons/base/models/res_users.py, MIN_ROUNDS).
const rounds = 600_000;

/** A password as Odoo keeps it (passlib's pbkdf2_sha512), so that the password itself goes nowhere. */
export async function hashedPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await promisify(pbkdf2)(password, salt, rounds, 64, "sha512");
  const text = (bytes: Buffer): string => bytes.toString("base64").replaceAll("+", ".").replaceAll("=", "");
  return `$pbkdf2-sha512$${rounds}$${text(salt)}$${text(key)}`;
}
